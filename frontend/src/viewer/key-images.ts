/** Puts the image that is looked at into the report, with its window, its measurements and a caption. */
import { make } from "../shared/dom";
import type { Marks } from "./marks";
import type { Note } from "./note";
import type { Pane } from "./pane";
import type { Row } from "./series";
import type { Say } from "./texts";

export class KeyImages {
  readonly element = make("form", "viewer-key-image");
  private readonly caption = make("input");
  private readonly begun = new Map<string, string>(); // captions that are half typed, by series
  private series = "";
  private adding = false;

  constructor(
    private readonly url: string,
    private readonly csrf: string,
    private readonly say: Say,
    private readonly pane: () => Pane | undefined,
    private readonly marks: Marks | undefined,
    private readonly note: Note,
    private readonly leave: () => void,
  ) {
    const save = make("button", "button", say("keyimage"));
    save.type = "submit";
    this.caption.type = "text";
    this.caption.name = "caption";
    this.caption.maxLength = 500;
    this.caption.placeholder = say("caption");
    this.caption.setAttribute("aria-label", say("caption"));
    this.caption.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.leave();
    });
    this.element.append(this.caption, save);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.keep();
    });
    document.addEventListener("submit", (event) => {
      const form = event.target as HTMLFormElement;
      if (!form.matches("[data-remove-key-image], [data-caption-key-image]")) return;
      event.preventDefault();
      void (form.matches("[data-remove-key-image]") ? this.remove(form) : this.recaption(form));
    });
    addEventListener("beforeunload", (event) => {
      this.turnTo(undefined);
      if (this.begun.size) event.preventDefault();
    });
  }

  focus(): void {
    this.caption.focus();
  }

  /** A caption that was begun waits with its series. */
  turnTo(row: Row | undefined): void {
    const words = this.caption.value;
    if (words.trim()) this.begun.set(this.series, words);
    else this.begun.delete(this.series);
    if (!row || row.series === this.series) return;
    this.series = row.series;
    this.caption.value = this.begun.get(row.series) ?? "";
  }

  private async keep(): Promise<void> {
    const pane = this.pane();
    if (!pane?.current || !pane.row || this.adding) return;
    const no = pane.cuts ? "keyimage_planes" : pane.failed ? "keyimage_blank" : "";
    if (no) {
      this.note.tell(this.say(no));
      return;
    }
    const caption = this.caption.value.trim();
    if (!caption) {
      this.note.tell(this.say("caption_ask"));
      this.focus();
      return;
    }
    const { center, width } = pane.window;
    const values: Record<string, string> = {
      study: pane.row.study,
      series: pane.row.series,
      instance: pane.current.sop,
      frame: String(pane.current.frame),
      place: String(pane.here + 1),
      places: String(pane.frames.length),
      caption,
    };
    if (!pane.coloured) Object.assign(values, { window_center: String(center), window_width: String(width) });
    this.note.tell(this.say("keyimage_saving"));
    this.adding = true;
    try {
      await this.marks?.flush();
      await this.post(this.url, values);
      this.note.tell(this.say(pane.altered ? "keyimage_as_it_came" : "keyimage_saved"));
      this.caption.value = "";
      this.leave();
      await this.list();
    } catch {
      this.note.tell(this.say("keyimage_failed"));
    } finally {
      this.adding = false;
    }
  }

  private async post(url: string, values: Record<string, string>): Promise<void> {
    const answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ csrfmiddlewaretoken: this.csrf, ...values }),
      credentials: "same-origin",
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
  }

  /** The caption is written anew; a refusal is said by the page that answers. */
  private async recaption(form: HTMLFormElement): Promise<void> {
    const caption = form.querySelector("textarea")!;
    try {
      await this.post(form.action, { caption: caption.value });
    } catch {
      form.submit();
      return;
    }
    caption.value = caption.defaultValue; // it is saved, and waits no more
    await this.list();
    this.note.tell(this.say("caption_saved"));
  }

  /** The page stays where it is, and what was removed can be put back. */
  private async remove(form: HTMLFormElement): Promise<void> {
    try {
      await this.post(form.action, {});
    } catch {
      form.submit(); // the page that answers says why
      return;
    }
    const undo = async (): Promise<void> => {
      try {
        await this.post(form.dataset.restore ?? "", {});
      } catch {
        this.note.removed(() => void undo()); // the way back stays open
        return;
      }
      this.note.tell(this.say("restored"));
      await this.list();
      this.note.restored(takeBack);
    };
    const takeBack = () => void undo();
    await this.list();
    this.note.removed(takeBack);
    const back = make("button", "link", this.say("undo"));
    back.type = "button";
    back.addEventListener("click", takeBack);
    const told = make("p", "", `${this.say("removed")} `);
    told.setAttribute("role", "status");
    told.append(back);
    document.querySelector("[data-key-images]")?.prepend(told);
    back.focus({ preventScroll: true });
  }

  /** The list beside the report shows what there is now. */
  private async list(): Promise<void> {
    const place = document.querySelector<HTMLElement>("[data-key-images]");
    if (!place) return;
    const answer = await fetch(this.url, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const begun = [...place.querySelectorAll("textarea")].filter(({ value, defaultValue }) => value !== defaultValue);
    place.replaceChildren(...fresh.body.childNodes);
    for (const { id, value } of begun) {
      const again = place.querySelector<HTMLTextAreaElement>(`#${id}`);
      if (again) again.value = value; // half typed
    }
  }
}
