/** Puts the image that is looked at into the report, with its window, its measurements and a caption. */
import { make } from "../shared/dom";
import type { Marks } from "./marks";
import type { Pane } from "./pane";
import type { Say } from "./texts";

export class KeyImages {
  readonly element = make("form", "viewer-key-image");
  private readonly caption = make("input");

  constructor(
    private readonly url: string,
    private readonly csrf: string,
    private readonly say: Say,
    private readonly pane: () => Pane | undefined,
    private readonly marks: Marks | undefined,
    private readonly note: (words: string) => void,
  ) {
    const save = make("button", "button", say("keyimage"));
    save.type = "submit";
    this.caption.type = "text";
    this.caption.name = "caption";
    this.caption.maxLength = 500;
    this.caption.placeholder = say("caption");
    this.caption.setAttribute("aria-label", say("caption"));
    this.element.append(this.caption, save);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.keep();
    });
  }

  focus(): void {
    this.caption.focus();
  }

  private async keep(): Promise<void> {
    const pane = this.pane();
    if (!pane?.current || !pane.row) return;
    const caption = this.caption.value.trim();
    if (!caption) {
      this.note(this.say("caption_ask"));
      this.focus();
      return;
    }
    const { center, width } = pane.window;
    const values: Record<string, string> = {
      csrfmiddlewaretoken: this.csrf,
      study: pane.row.study,
      series: pane.row.series,
      instance: pane.current.sop,
      frame: String(pane.current.frame),
      caption,
    };
    if (!pane.coloured) Object.assign(values, { window_center: String(center), window_width: String(width) });
    this.note(this.say("keyimage_saving"));
    try {
      await this.marks?.flush();
      const answer = await fetch(this.url, {
        method: "POST",
        body: new URLSearchParams(values),
        credentials: "same-origin",
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      this.note(this.say("keyimage_saved"));
      this.caption.value = "";
      await this.list();
    } catch {
      this.note(this.say("keyimage_failed"));
    }
  }

  /** The list beside the report shows the new one at once. */
  private async list(): Promise<void> {
    const place = document.querySelector<HTMLElement>("[data-key-images]");
    if (!place) return;
    const answer = await fetch(this.url, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...fresh.body.childNodes);
  }
}
