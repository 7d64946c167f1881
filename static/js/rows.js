// Editing in place: [data-edit] in a row [data-row-form] reveals the form in the next <tr hidden>.
// Without this module the same link leads to ?edit=ID, where the server shows that row open.
function formRowOf(row) {
  const next = row.nextElementSibling;
  return next?.matches("tr") && next.querySelector("form, [form]") ? next : null;
}

function open(row) {
  const formRow = formRowOf(row);
  if (!formRow) return false;
  document.querySelectorAll("[data-row-form][data-open]").forEach((each) => each !== row && close(each, false));
  formRow.hidden = false;
  row.dataset.open = "";
  row.querySelector("[data-edit]")?.setAttribute("aria-expanded", "true");
  formRow.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  return true;
}

function close(row, focus = true) {
  const formRow = formRowOf(row);
  if (!formRow) return;
  formRow.hidden = true;
  delete row.dataset.open;
  const edit = row.querySelector("[data-edit]");
  edit?.setAttribute("aria-expanded", "false");
  if (focus) edit?.focus();
}

for (const row of document.querySelectorAll("[data-row-form]")) {
  const formRow = formRowOf(row);
  if (!formRow) continue;
  const edit = row.querySelector("[data-edit]");
  edit?.setAttribute("aria-expanded", String(!formRow.hidden));
  if (!formRow.hidden) row.dataset.open = "";
}

document.addEventListener("click", (event) => {
  const edit = event.target.closest("[data-edit]");
  if (edit && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    const row = edit.closest("[data-row-form]");
    if (row && "open" in row.dataset) { close(row); event.preventDefault(); }
    else if (row && open(row)) event.preventDefault();
  }
  const cancel = event.target.closest("[data-row-cancel]");
  const row = cancel?.closest("tr")?.previousElementSibling;
  if (row?.matches("[data-row-form]")) { close(row); event.preventDefault(); }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const row = event.target.closest("tr")?.previousElementSibling;
  if (row?.matches("[data-row-form][data-open]")) { close(row); event.preventDefault(); }
});
