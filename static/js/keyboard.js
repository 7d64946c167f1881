// "/" focuses search; j, k and the arrows move through the rows of [data-keyboard-list]; Enter opens a
// row's first link; e opens the row for editing ([data-edit-row]), n begins a new one ([data-new]);
// Escape leaves. The single-letter keys can be turned off (WCAG 2.1.4).
const KEY = "shortcuts";
const ROWS = ":scope > tbody > tr, :scope > tr, :scope > li, [data-keyboard-row]";

let lettersOn = true;
try { lettersOn = localStorage.getItem(KEY) !== "off"; } catch { /* nothing kept: leave them on */ }

const typing = (element) =>
  element instanceof HTMLElement && (element.isContentEditable || element.matches("input, textarea, select"));

const untouched = (form) => [...form.elements].every((field) =>
  field.options ? [...field.options].every((o) => o.selected === o.defaultSelected || !field.querySelector("[selected]"))
    : field.defaultValue === field.value && (field.defaultChecked ?? false) === (field.checked ?? false));

const lists = () => [...document.querySelectorAll("[data-keyboard-list]")];

function rowsOf(list) {
  return [...list.querySelectorAll(ROWS)].filter((row) => !row.hidden && row.offsetParent !== null);
}

function currentRow() {
  const list = document.activeElement?.closest("[data-keyboard-list]");
  const rows = list ? rowsOf(list) : [];
  return { rows, index: rows.findIndex((row) => row.contains(document.activeElement)) };
}

function focusRow(row) {
  if (!row) return;
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const { rows, index } = currentRow();
  if (index !== -1 && rows[index + step]) return focusRow(rows[index + step]);
  const all = lists().flatMap(rowsOf);
  const from = index === -1 ? -1 : all.indexOf(rows[index]);
  focusRow(from === -1 ? all[step > 0 ? 0 : all.length - 1] : all[from + step]);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;

  if (event.key === "Escape") {
    const menu = target.closest?.("details.menu[open], details.confirm[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (target.matches?.("[data-search]") || target.closest?.("[data-keyboard-list]") && !typing(target)) {
      target.blur();
    } else if (target.form && untouched(target.form)) {
      target.closest("tr.row-form")?.querySelector("[data-row-close]")?.click();
    }
    return;
  }
  if (typing(target)) return;

  const inList = target.closest?.("[data-keyboard-list]");
  if (event.key === "Enter" && inList && target.matches(ROWS.replaceAll(":scope > ", ""))) {
    const link = target.querySelector("[data-edit-row]") ?? target.querySelector("a[href]");
    if (link) { event.preventDefault(); link.click(); }
  } else if (inList && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (lettersOn && event.key === "/") {
    const search = document.querySelector("main [data-search]") ?? document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  } else if (lettersOn && (event.key === "j" || event.key === "k") && lists().length) {
    event.preventDefault();
    move(event.key === "j" ? 1 : -1);
  } else if (lettersOn && event.key === "e" && currentRow().index !== -1) {
    const { rows, index } = currentRow();
    rows[index].querySelector("[data-edit-row]")?.click();
  } else if (lettersOn && event.key === "n") {
    document.querySelector("[data-new]")?.click();
  }
});

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.menu[open], details.confirm[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

for (const button of document.querySelectorAll("[data-shortcuts-toggle]")) {
  const label = () => { button.textContent = `Letter shortcuts: ${lettersOn ? "on" : "off"}`; };
  button.hidden = false;
  label();
  button.addEventListener("click", () => {
    lettersOn = !lettersOn;
    label();
    try { localStorage.setItem(KEY, lettersOn ? "on" : "off"); } catch { /* this page only */ }
  });
}

// On a narrow screen the tabs scroll: the one shown must not lie out of sight.
for (const shown of document.querySelectorAll(".tabs [aria-current], .rail-nav [aria-current]")) {
  const strip = shown.closest(".tabs, nav");
  strip.scrollLeft += shown.getBoundingClientRect().right - strip.getBoundingClientRect().right > 0
    ? shown.getBoundingClientRect().left - strip.getBoundingClientRect().left - 16 : 0;
}
