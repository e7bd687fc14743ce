/** Where files are chosen: a button in the page's language, and behind it what was chosen. */
import { make } from "../shared/dom";

function mount(place: HTMLElement, at: number): void {
  const input = place.querySelector<HTMLInputElement>("input[type=file]");
  if (!input) return;
  const { choose = "", none = "", many = "{n}" } = place.dataset;
  const button = make("span", "button button-secondary", choose);
  button.setAttribute("aria-hidden", "true"); // the input beneath it has a label of its own
  const told = make("output");
  told.id = `picked-${at}`;
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${told.id}`.trim());
  const tell = () => {
    const files = [...(input.files ?? [])];
    const name = `\u2068${files[0]?.name ?? ""}\u2069`; // a name keeps its own direction
    told.textContent = files.length > 1 ? many.replace("{n}", String(files.length)) : files.length ? name : none;
  };
  input.addEventListener("change", tell);
  input.form?.addEventListener("reset", () => setTimeout(tell));
  addEventListener("pageshow", tell); // a browser that goes back keeps what was chosen
  input.addEventListener("dragenter", () => (place.dataset.over = ""));
  for (const name of ["dragleave", "drop"]) input.addEventListener(name, () => delete place.dataset.over);
  place.prepend(button, told);
  place.dataset.ready = "1";
  tell();
}

export function startPicking(): void {
  document.querySelectorAll<HTMLElement>("[data-chooser]").forEach(mount);
}
