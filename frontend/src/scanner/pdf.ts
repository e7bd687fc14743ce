/** Puts JPEG pages into a PDF, in their order and as they are. */
const ACROSS = 595; // points: the width of A4

export interface Sheet {
  jpeg: Uint8Array;
  width: number;
  height: number;
}

export function pdfOf(sheets: Sheet[]): Blob {
  const parts: (string | Uint8Array)[] = [];
  const places: number[] = [];
  let length = 0;
  const put = (part: string | Uint8Array) => {
    parts.push(part);
    length += part.length; // every text in here is ASCII
  };
  const object = (number: number, ...body: (string | Uint8Array)[]) => {
    places[number] = length;
    put(`${number} 0 obj\n`);
    body.forEach(put);
    put("\nendobj\n");
  };
  put("%PDF-1.4\n");
  const kids = sheets.map((_sheet, at) => `${3 + at * 3} 0 R`).join(" ");
  object(1, "<< /Type /Catalog /Pages 2 0 R >>");
  object(2, `<< /Type /Pages /Kids [${kids}] /Count ${sheets.length} >>`);
  sheets.forEach(({ jpeg, width, height }, at) => {
    const first = 3 + at * 3;
    const high = Math.round((ACROSS * height) / width);
    const draw = `q ${ACROSS} 0 0 ${high} 0 0 cm /P Do Q`;
    object(
      first,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${ACROSS} ${high}] /Contents ${first + 1} 0 R /Resources << /XObject << /P ${first + 2} 0 R >> >> >>`,
    );
    object(first + 1, `<< /Length ${draw.length} >>\nstream\n${draw}\nendstream`);
    object(
      first + 2,
      `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>\nstream\n`,
      jpeg,
      "\nendstream",
    );
  });
  const start = length;
  const size = 3 + sheets.length * 3;
  put(`xref\n0 ${size}\n0000000000 65535 f \n`);
  for (let number = 1; number < size; number += 1) {
    put(`${String(places[number]).padStart(10, "0")} 00000 n \n`);
  }
  put(`trailer << /Size ${size} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`);
  return new Blob(parts as BlobPart[], { type: "application/pdf" });
}
