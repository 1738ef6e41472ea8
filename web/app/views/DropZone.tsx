import { useState } from 'preact/hooks';
import { droppedFiles } from '../files.js';

interface DropZoneProps {
  id: string;
  label: string;
  hint: string;
  accept?: string;
  folder?: boolean;
  onFiles: (files: File[]) => void;
}

/** Files and folders by drop or by picking; the inputs are real ones, for keyboards and screen readers. */
export function DropZone({ id, label, hint, accept, folder = false, onFiles }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const picked = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    if (input.files?.length) onFiles([...input.files]);
    input.value = '';
  };
  return (
    <div
      class={over ? 'drop over' : 'drop'}
      onDragOver={(event) => (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={async (event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) onFiles(await droppedFiles(event.dataTransfer));
      }}
    >
      <p>{hint}</p>
      <label class="button">
        {label}
        <input id={id} type="file" multiple accept={accept} onChange={picked} />
      </label>
      {folder && (
        <label class="button quiet">
          Choose a folder
          <input id={`${id}-folder`} type="file" multiple ref={(input) => input?.setAttribute('webkitdirectory', '')} onChange={picked} />
        </label>
      )}
    </div>
  );
}
