// What people drop or pick: single files, folders, labels beside pictures.

export interface Picture {
  /** Below the dropped folder. */
  name: string;
  file: Blob;
  /** Class index, where a labels file told one. */
  label?: number;
}

/** Files of a drop, folders walked through. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...transfer.files];
  return (await Promise.all(entries.map(filesOf))).flat();
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) return [await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    all.push(...some);
  }
  return (await Promise.all(all.map(filesOf))).flat();
}

/** Sorted by name, byte by byte, as the command line does; labels of a `labels.txt` applied. */
export async function asPictures(files: File[]): Promise<Picture[]> {
  const labelsFile = files.find((file) => file.name === 'labels.txt');
  const labels = labelsFile === undefined ? new Map<string, number>() : parseLabels(await labelsFile.text());
  const named = files.map((file) => ({ name: file.webkitRelativePath || file.name, file }));
  named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return named.map(({ name, file }) => withLabel({ name, file }, labels));
}

export function parseLabels(text: string): Map<string, number> {
  const lines = text.split('\n').map((line) => /^(.*?)[ \t]+(\d+)\s*$/.exec(line)).filter((match) => match !== null);
  return new Map(lines.map((match) => [match[1] as string, Number(match[2])]));
}

export function withLabel(picture: Picture, labels: Map<string, number>): Picture {
  const label = labels.get(picture.name) ?? labels.get(picture.name.split('/').at(-1) ?? '');
  return label === undefined ? picture : { ...picture, label };
}

export function bytesFromBase64(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
