// A long run: asks how far [data-run] is, and loads the page anew when it is over. Without this script the
// page looks again by itself every few seconds.
const FIRST = 700;
const LONGEST = 5000;

function show(run, told) {
  const words = run.querySelector("[data-run-words]");
  if (words.textContent !== told.words && told.words) words.textContent = told.words;
  const bar = run.querySelector("[data-run-bar]");
  if (told.percent === null) bar.removeAttribute("value");
  else bar.value = told.percent;
  const count = (n) => n.toLocaleString("en-GB");
  const far = told.total === 100 ? `${told.done}%` : `${count(told.done)} of ${count(told.total)}`;
  run.querySelector("[data-run-count]").textContent = told.total ? far : "";
  const chip = run.querySelector(".chip").lastChild;
  if (told.state === "running" && chip.textContent === "Waiting") chip.textContent = "Running";
}

async function ask(run, pause) {
  let next = Math.min(pause * 1.3, LONGEST);
  try {
    const answer = await fetch(run.dataset.run, { headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status === 404) { location.reload(); return; }
    if (answer.ok) {
      const told = await answer.json();
      if (told.over) { location.reload(); return; }
      show(run, told);
    }
  } catch { next = LONGEST; /* no network: ask again */ }
  setTimeout(() => ask(run, next), next);
}

for (const run of document.querySelectorAll("[data-run]")) setTimeout(() => ask(run, FIRST), FIRST);
