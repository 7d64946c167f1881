// The clock of a running meeting: <div data-meeting-clock data-started="ISO instant">. Every few seconds it
// tells the minutes gone and marks the line of the agenda ([data-from], [data-to] in minutes) that is now.
// Without this script the page shows both as they were when it was loaded.
const clock = document.querySelector("[data-meeting-clock]");

function minutesGone() {
  return Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.started)) / 60000));
}

function tell() {
  const gone = minutesGone();
  const elapsed = clock.querySelector("[data-meeting-elapsed]");
  if (elapsed.textContent !== `${gone} min`) elapsed.textContent = `${gone} min`;
  const progress = clock.querySelector("[data-meeting-progress]");
  progress.value = Math.min(gone, progress.max);
  for (const line of document.querySelectorAll("[data-from]")) {
    const now = gone >= Number(line.dataset.from) && (line.dataset.to === undefined || gone < Number(line.dataset.to));
    if (now) line.setAttribute("aria-current", "step");
    else line.removeAttribute("aria-current");
  }
}

if (clock) {
  tell();
  setInterval(tell, 5000);
}
