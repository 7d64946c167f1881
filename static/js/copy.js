// [data-copy="text"] copies the text; [data-copy-from="#id"] copies what that element shows.
for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    const text = source ? (source.value ?? source.textContent) : button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C to copy";
      if (source) getSelection().selectAllChildren(source);
    }
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}
