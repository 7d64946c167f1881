// Saving as one goes: <form data-autosave="/url">. After a change, or 800 ms without a key, the changed
// field goes to the url with csrf_token, version and autosave_field (its name, so that an emptied group
// of checkboxes is known too). Answers: 200 {saved_at, version | versions, saved, shown, progress}; 409
// {message, theirs, version | versions}; 422 {errors}. A [data-autosave-group] is saved as one answer. Everything also works by the form's own submit button.
const IDLE = 800;
const RETRY_FIRST = 2000;
const RETRY_MOST = 60000;

class Autosave {
  constructor(form) {
    this.form = form;
    this.dirty = new Set();
    this.retryAfter = RETRY_FIRST;
    this.sending = null;
    this.timer = null;
    this.status = form.querySelector("[data-autosave-status]") ?? document.querySelector("[data-autosave-status]");
    form.addEventListener("input", (event) => this.note(event.target, IDLE));
    form.addEventListener("change", (event) => this.note(event.target, 0));
    form.addEventListener("submit", (event) => this.beforeSubmit(event));
    window.addEventListener("online", () => this.schedule(0));
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty.size && !this.leaving) event.preventDefault();
    });
  }

  note(control, wait) {
    if (!control.name || ["file", "hidden", "password", "submit"].includes(control.type)) return;
    if (control.closest("[data-no-autosave]")) return;
    const name = this.nameOf(control);
    if (wait === 0 && !this.dirty.has(name) && control.matches("textarea, input:not([type=radio], [type=checkbox], [type=date])")) return;
    this.dirty.add(name);
    this.say("Saving…");
    this.schedule(wait);
  }

  schedule(wait) {
    clearTimeout(this.timer);
    if (this.dirty.size && !this.leaving) this.timer = setTimeout(() => this.flush(), wait);
  }

  flush() {
    clearTimeout(this.timer);
    if (!this.sending && this.dirty.size) {
      this.sending = this.sendAll().finally(() => { this.sending = null; });
    }
    return this.sending ?? Promise.resolve();
  }

  async sendAll() {
    for (const name of [...this.dirty]) {
      this.dirty.delete(name);
      const outcome = await this.send(name);
      if (outcome === "retry") {
        this.dirty.add(name);
        this.say("Not saved – will retry", "unsaved");
        this.schedule(this.retryAfter);
        this.retryAfter = Math.min(this.retryAfter * 2, RETRY_MOST);
        return;
      }
      this.retryAfter = RETRY_FIRST;
    }
    if (this.dirty.size) this.schedule(IDLE);
  }

  async send(name) {
    const all = new FormData(this.form);
    const body = new FormData();
    const own = this.controls(name).map((control) => control.name);
    for (const key of new Set(["csrf_token", name, ...own, ...this.versions().map((input) => input.name)])) {
      all.getAll(key).forEach((value) => body.append(key, value));
    }
    body.append("autosave_field", name);
    let response;
    let answer;
    try {
      response = await fetch(this.form.dataset.autosave, {
        method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" },
      });
      if (response.status >= 500 || response.status === 429) return "retry";
      answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : null;
    } catch {
      return "retry";
    }
    if (response.status === 409 && answer) this.conflict(name, answer);
    else if (response.status === 422 && answer) this.refused(name, answer.errors ?? {});
    else if (response.ok && answer) this.saved(name, answer);
    else this.say("Not saved – press the button at the end of the page to send", "unsaved");
    return "done";
  }

  saved(name, answer) {
    this.clearMessages(name);
    this.takeVersions(answer);
    if (answer.saved) document.querySelectorAll(`[data-saved-for="${CSS.escape(name)}"]`).forEach((each) => { each.textContent = answer.saved; });
    if (answer.shown) {
      const shown = new Set(answer.shown);
      for (const block of this.form.querySelectorAll("[data-question]")) block.hidden = !shown.has(block.dataset.question);
    }
    if (answer.progress) document.querySelectorAll("[data-progress]").forEach((each) => { each.textContent = answer.progress; });
    this.say(answer.saved_at ? `Saved ${answer.saved_at}` : "Saved");
  }

  refused(name, errors) {
    this.clearMessages(name);
    for (const [field, messages] of Object.entries(errors)) {
      this.clearMessages(field);
      const text = [messages].flat().join(" ");
      const message = this.message(field, "p", "field-error", text);
      this.controls(field).forEach((control) => {
        control.setAttribute("aria-invalid", "true");
        const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
        control.setAttribute("aria-describedby", [...new Set([...ids, message.id])].join(" "));
      });
    }
    this.say("Not saved – see the message at the field", "unsaved");
  }

  conflict(name, answer) {
    this.clearMessages(name);
    const theirs = typeof answer.theirs === "object" && answer.theirs ? answer.theirs[name] : answer.theirs;
    const box = this.message(name, "div", "callout callout-watch", "");
    const text = document.createElement("p");
    text.textContent = answer.message ?? "Someone else changed this answer meanwhile.";
    box.append(text);
    if (theirs !== undefined && theirs !== null) {
      const quote = document.createElement("p");
      quote.textContent = `Theirs: ${[theirs].flat().join(", ") || "(empty)"}`;
      box.append(quote);
    }
    if (answer.version !== undefined || answer.versions) {
      box.append(this.button("Save mine instead", () => {
        this.takeVersions(answer);
        this.dirty.add(name);
        this.clearMessages(name);
        this.schedule(0);
      }));
    } else {
      const reload = document.createElement("a");
      reload.href = location.href;
      reload.textContent = "Load the page again to see theirs";
      box.append(reload);
    }
    this.say("Not saved – someone else changed this", "unsaved");
  }

  button(label, action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-secondary btn-sm";
    button.textContent = label;
    button.addEventListener("click", action);
    return button;
  }

  message(name, tag, className, text) {
    const control = this.controls(name)[0];
    const holder = control?.closest(".field") ?? control?.parentElement ?? this.form;
    const element = document.createElement(tag);
    element.className = className;
    element.id = `${name}-autosave-message`;
    element.dataset.autosaveMessage = name;
    element.textContent = text;
    if (tag === "p" && control && !control.closest(".choices")) control.before(element);
    else holder.append(element);
    return element;
  }

  clearMessages(name) {
    const key = CSS.escape(name);
    const old = `[data-autosave-message="${key}"], [data-error-for="${key}"]`;
    this.form.querySelectorAll(old).forEach((each) => {
      each.closest(".field-invalid")?.classList.remove("field-invalid");
      each.remove();
    });
    for (const control of this.controls(name)) {
      control.removeAttribute("aria-invalid");
      const ids = (control.getAttribute("aria-describedby") ?? "").split(" ");
      const kept = ids.filter((id) => id && id !== `${name}-autosave-message`);
      if (kept.length) control.setAttribute("aria-describedby", kept.join(" "));
      else control.removeAttribute("aria-describedby");
    }
  }

  // The lines of a table are saved together, under the name of their group.
  nameOf(control) { return control.closest("[data-autosave-group]")?.dataset.autosaveGroup ?? control.name; }

  controls(name) {
    return [...this.form.elements].filter((control) => control.name && control.type !== "submit" && this.nameOf(control) === name);
  }

  // One version for the whole form, or one for each answer by its field's name.
  takeVersions(answer) {
    for (const input of this.versions()) {
      const version = answer.versions ? answer.versions[input.name] : answer.version;
      if (version !== undefined) input.value = version;
    }
  }

  versions() { return [...this.form.querySelectorAll("input[type=hidden][name=version], input[type=hidden][name$='-version']")]; }

  // The submit sends every field, so a save under way is awaited (its answer carries the new version).
  beforeSubmit(event) {
    if (event.defaultPrevented) return;
    clearTimeout(this.timer);
    if (!this.sending) { this.leaving = true; return; }
    event.preventDefault();
    event.stopPropagation();
    const submitter = event.submitter;
    this.sending.finally(() => setTimeout(() => this.form.requestSubmit(submitter)));
  }

  say(text, state = "saved") {
    if (!this.status) return;
    this.status.textContent = text;
    this.status.dataset.state = state;
  }
}

document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
window.addEventListener("pageshow", (event) => { if (event.persisted && document.querySelector("form[data-autosave]")) location.reload(); });
