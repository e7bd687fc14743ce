/** Headers as DICOM JSON (PS3.18 F), read without trust in their types. */

type Value = string | number | { Alphabetic?: string };
export type Metadata = Record<string, { vr?: string; Value?: Value[] }>;

export function numbers(metadata: Metadata, tag: string): number[] {
  return (metadata[tag]?.Value ?? []).map(Number).filter((value) => Number.isFinite(value));
}

export function text(metadata: Metadata, tag: string): string {
  const value = metadata[tag]?.Value?.[0];
  return value === undefined || typeof value === "object" ? "" : String(value);
}

/** A person's name as it is to be read (PS3.18 F.2.2), and plain texts. */
export function words(metadata: Metadata, tag: string): string {
  const value = metadata[tag]?.Value?.[0];
  if (value === undefined) return "";
  return typeof value === "object" ? (value.Alphabetic ?? "").replaceAll("^", " ").trim() : String(value);
}

// Syntaxes that are lossy whatever the header says: JPEG, near-lossless JPEG-LS, HTJ2K, JPEG XL (PS3.6, A)
const LOSSY = new Set(["50", "51", "81", "203", "112"].map((end) => `1.2.840.10008.1.2.4.${end}`));

/** Whether values were lost by compression: the object says it (0028,2110), or its syntax as sent (0008,3002) does. */
export function isLossy(metadata: Metadata): boolean {
  return numbers(metadata, "00282110")[0] === 1 || LOSSY.has(text(metadata, "00083002"));
}

/** A date (PS3.5, VR DA) as it is read. */
const day = (value: string): string => value.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");

/** Whose image it is and of what, for the line above it. */
export function who(metadata: Metadata): Node[] {
  const parts = [
    words(metadata, "00100010"), day(text(metadata, "00100030")), text(metadata, "00100040"),
    text(metadata, "00100020"), day(text(metadata, "00080020")), words(metadata, "00081030"),
    words(metadata, "0008103E"),
  ];
  return line(parts.filter(Boolean));
}

/** Parts of a line, each in its own direction. */
export function line(parts: string[]): Node[] {
  return parts.flatMap((each, index) => {
    const part = document.createElement("bdi");
    part.textContent = each;
    return index ? [document.createTextNode(" · "), part] : [part];
  });
}

/** The letters of the direction `vector` in the patient (PS3.3 C.7.6.1.1.1), at most two. */
export function letters(vector: ArrayLike<number>): string {
  const pairs: [number, string, string][] = [
    [vector[0]!, "L", "R"],
    [vector[1]!, "P", "A"],
    [vector[2]!, "H", "F"],
  ];
  return pairs
    .filter(([value]) => Math.abs(value) > 0.25)
    .sort(([a], [b]) => Math.abs(b) - Math.abs(a))
    .slice(0, 2)
    .map(([value, positive, negative]) => (value > 0 ? positive : negative))
    .join("");
}
