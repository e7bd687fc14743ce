/** Double submits, confirmation, copying, counters, selects that send themselves. */
const GUARD = 10_000; // ms during which a second submit is ignored

const confirmed = new WeakSet<HTMLFormElement>();

function buttonsOf(form: HTMLFormElement): HTMLButtonElement[] {
  return [...form.elements].filter(
    (item): item is HTMLButtonElement => item instanceof HTMLButtonElement && item.type === "submit",
  );
}

/** Ask in a dialog; resolves to what the person chose. */
function ask(question: string, yes: string, no: string): Promise<boolean> {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm";
  const text = document.createElement("p");
  text.textContent = question;
  text.id = "confirm-question";
  dialog.setAttribute("aria-labelledby", text.id);
  const row = document.createElement("div");
  row.className = "confirm-buttons";
  const button = (label: string, value: string, kind: string) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.className = kind;
    made.addEventListener("click", () => dialog.close(value));
    row.append(made);
    return made;
  };
  button(yes, "yes", "button");
  const cancel = button(no, "no", "button button-secondary");
  dialog.append(text, row);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
    dialog.showModal();
    cancel.focus();
  });
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const button = event.submitter as HTMLButtonElement | null;
  if (form.dataset.busy !== undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  const source = button?.dataset.confirm !== undefined ? button : form;
  if (source.dataset.confirm && !confirmed.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const yes = source.dataset.confirmYes ?? button?.textContent?.trim() ?? "OK";
    const no = source.dataset.confirmNo ?? document.body.dataset.cancel ?? "Cancel";
    void ask(source.dataset.confirm, yes, no).then((agreed) => {
      if (agreed) {
        confirmed.add(form);
        form.requestSubmit(button);
        confirmed.delete(form);
      } else button?.focus();
    });
    return;
  }
  if (form.dataset.once !== undefined && form.method !== "dialog") {
    form.dataset.busy = "";
    // After this turn, so that the pressed button's own name and value are still sent.
    setTimeout(() => buttonsOf(form).forEach((item) => (item.disabled = true)));
    setTimeout(() => release(form), GUARD);
  }
}

function release(form: HTMLFormElement): void {
  if (form.dataset.busy === undefined) return;
  delete form.dataset.busy;
  buttonsOf(form).forEach((item) => (item.disabled = false));
}

async function copy(button: HTMLElement): Promise<void> {
  const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
  const field = source instanceof HTMLInputElement || source instanceof HTMLTextAreaElement;
  const text = button.dataset.copy || (field ? source.value : source ? source.textContent : "") || "";
  try {
    await navigator.clipboard.writeText(text.trim());
  } catch {
    // No clipboard without a secure address: select it, so that one key copies it.
    if (field) source.select();
    else if (source) getSelection()?.selectAllChildren(source);
    return;
  }
  const label = button.textContent;
  if (button.dataset.copied && label !== button.dataset.copied) {
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = label), 2000);
  }
}

function count(field: HTMLInputElement | HTMLTextAreaElement): void {
  const place = document.querySelector<HTMLElement>(`[data-counter-for="${CSS.escape(field.id)}"]`);
  if (!place || field.maxLength < 0) return;
  const left = field.maxLength - field.value.length;
  place.textContent = (place.dataset.text ?? "{n}").replace("{n}", String(left));
  place.toggleAttribute("data-few", left < field.maxLength / 10);
}

export function startHelps(): void {
  document.addEventListener("submit", onSubmit, true);
  addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLFormElement>("form[data-busy]").forEach(release);
  });
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const copier = target.closest<HTMLElement>("[data-copy],[data-copy-from]");
    if (copier) void copy(copier);
    const opener = target.closest<HTMLElement>("[data-dialog-open]");
    if (opener) {
      document.querySelector<HTMLDialogElement>(opener.dataset.dialogOpen ?? "")?.showModal();
    }
    if (target.closest("[data-dialog-close]")) target.closest("dialog")?.close();
  });
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLSelectElement;
    if (field.matches("select[data-auto-submit]")) field.form?.requestSubmit();
  });
  document.addEventListener("input", (event) => {
    const field = event.target as Element;
    if (field.matches("[maxlength][id]")) count(field as HTMLTextAreaElement);
  });
  document.querySelectorAll<HTMLElement>("[data-counter-for]").forEach((place) => {
    const field = document.getElementById(place.dataset.counterFor ?? "");
    if (field) count(field as HTMLTextAreaElement);
  });
}
