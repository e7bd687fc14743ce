/** Buttons that put words into a text field where its caret is: `data-insert`, `data-insert-into`. */
function insert(button: HTMLElement): void {
  const field = document.getElementById(button.dataset.insertInto ?? "");
  if (!(field instanceof HTMLTextAreaElement)) return;
  const { selectionStart, selectionEnd } = field;
  field.focus();
  field.setRangeText(button.dataset.insert ?? "", selectionStart, selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true })); // so that it is saved
}

export function startInserting(): void {
  document.querySelectorAll<HTMLElement>("[data-insert]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => insert(button));
  });
}
