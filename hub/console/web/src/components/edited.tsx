// What exists already and is changed in a form: two people who edit the same see what differs.
import { useState } from "preact/hooks";
import { send, type ApiError } from "../api";
import { readTexts, type Field, type Texts } from "../forms";
import { parseJson, type Json } from "../json/parse";
import { useQuery, type Asked } from "../query";
import { texts } from "../texts";
import type { FormProps } from "./form";

const t = texts.conflict;

export interface Version {
  value: Json;
  texts: Texts;
  etag: string | undefined;
}

interface Edited {
  asked: Asked<Version>;
  /** What is saved over: as it was loaded, or what somebody else made of it since. */
  latest: Version | undefined;
  /** Of the form: it begins anew with another version. */
  key: string;
  /** What every form of a change is given, once it is loaded. */
  form: Pick<FormProps, "initial" | "isChange" | "action" | "onRefused" | "children"> | undefined;
}

/** \param path  of the API, e.g. "v1/sources/src_1" */
export function useEdited(path: string, fields: Field[]): Edited {
  const load = async (abort?: AbortSignal): Promise<Version> => {
    const reply = await send(path, { signal: abort });
    const value = parseJson(await reply.text());
    return { value, texts: readTexts(fields, value), etag: reply.etag };
  };
  const asked = useQuery(`edit ${path}`, load);
  const [theirs, setTheirs] = useState<Version>();
  const [round, setRound] = useState(0);
  const base = asked.data;
  const onRefused = (error: ApiError) => {
    if (error.status !== 412) return false;
    void load().then(setTheirs, () => undefined);
    return true;
  };
  const take = () => {
    setTheirs(undefined);
    asked.reload();
    setRound(round + 1);
  };
  return {
    asked,
    latest: theirs ?? base,
    key: `${round} ${base?.etag}`,
    form: base && {
      initial: base.texts,
      isChange: true,
      action: theirs ? t.overwrite : texts.common.save,
      onRefused,
      children: theirs && <Conflict fields={fields} base={base} theirs={theirs} onTake={take} />,
    },
  };
}

/** What somebody else changed in the meantime. */
function Conflict(props: { fields: Field[]; base: Version; theirs: Version; onTake: () => void }) {
  const { fields, base, theirs, onTake } = props;
  const changed = fields.filter(({ pointer }) => base.texts[pointer] !== theirs.texts[pointer]);
  return (
    <div class="why scheduled" role="alert">
      <p>{t.lead}</p>
      <ul>
        {changed.map(({ pointer, label }) => (
          <li key={pointer}>
            {label}: <del>{base.texts[pointer] || texts.common.none}</del> →{" "}
            <ins>{theirs.texts[pointer] || texts.common.none}</ins>
          </li>
        ))}
      </ul>
      <button type="button" onClick={onTake}>
        {t.take}
      </button>
    </div>
  );
}
