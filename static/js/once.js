// A form is sent once: after the first submit its buttons say "Saving…" and do nothing more.
// Coming back to the page (also from the browser's cache) makes them usable again.
const sent = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) { event.preventDefault(); return; }
  sent.add(form);
  // After this turn, so that the pressed button's own name and value are still sent.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button[type=submit]:not(:disabled)")) {
      button.dataset.onceDisabled = "";
      button.disabled = true;
    }
    const pressed = event.submitter;
    if (pressed && !pressed.closest(".menu-body")) {
      pressed.dataset.onceLabel = pressed.innerHTML;
      pressed.textContent = pressed.dataset.busy || "Saving…";
    }
  });
});

window.addEventListener("pageshow", () => {
  sent.clear();
  for (const button of document.querySelectorAll("[data-once-disabled]")) {
    button.disabled = false;
    delete button.dataset.onceDisabled;
    if (button.dataset.onceLabel !== undefined) button.innerHTML = button.dataset.onceLabel;
    delete button.dataset.onceLabel;
  }
});
