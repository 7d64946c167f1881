// Loaded in the head, before the page paints: light, dark or as the system says, kept in this browser.
(() => {
  const KEY = "theme";
  const CHOICES = ["system", "light", "dark"];
  const root = document.documentElement;

  const stored = () => {
    try { return CHOICES.includes(localStorage.getItem(KEY)) ? localStorage.getItem(KEY) : "system"; }
    catch { return "system"; }
  };
  const apply = (choice) => {
    if (choice === "system") delete root.dataset.theme;
    else root.dataset.theme = choice;
  };
  const label = (button, choice) => { button.textContent = `Theme: ${choice}`; };

  let current = stored();
  apply(current);

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      label(button, current);
      button.addEventListener("click", () => {
        current = CHOICES[(CHOICES.indexOf(current) + 1) % CHOICES.length];
        apply(current);
        document.querySelectorAll("[data-theme-toggle]").forEach((each) => label(each, current));
        try { localStorage.setItem(KEY, current); } catch { /* a browser that keeps nothing: this page only */ }
      });
    }
  });
})();
