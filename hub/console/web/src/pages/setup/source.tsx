// One source: what to enter at the provider, its secrets, what was refused.
import { useState } from "preact/hooks";
import type { RingKey, Source } from "@v1";
import { get, send } from "../../api";
import { Card, CopyCode, Facts, PageFailure, Id, Loading, PageHead, State } from "../../components/bits";
import { Confirm } from "../../components/dialog";
import { Time } from "../../components/time";
import { attempt } from "../../components/toast";
import { loadNames } from "../../names";
import { useQuery } from "../../query";
import { go } from "../../router";
import { may } from "../../session";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";
import { RejectedTable } from "./rejected";
import { EditSource, NewSource, urlOf } from "./source_form";
import { Rotate } from "./subscription";

const t = texts.sources;

export function SourcePage({ id, action }: { id: string; action?: string | undefined }) {
  if (id === "new") return <NewSource />;
  return action === "edit" ? <EditSource id={id} /> : <Shown id={id} />;
}

function Shown({ id }: { id: string }) {
  const asked = useQuery(id, (abort) => get<Source>(`v1/sources/${id}`, {}, abort));
  useKeys({ Escape: () => go("sources"), e: () => go(`sources/${id}/edit`) });
  if (asked.error && !asked.data) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!asked.data) return <Loading />;
  const source = asked.data;
  const url = urlOf(source);
  return (
    <>
      <PageHead
        over={[t.title, "sources"]}
        title={source.name}
        side={<Actions source={source} onDone={asked.reload} />}
      />
      {source.read_only && <p class="note">{texts.common.read_only}</p>}
      <div class="columns even">
        <Card title={t.enter}>
          <Facts
            rows={[
              [t.enter_url, <CopyCode text={url} />],
              [t.schemes, source.schemes.join(", ")],
              ["tolerance", source.tolerance],
              ["repeats", source.repeats],
              ["unsigned_types", source.unsigned_types],
              ["gzip", source.gzip ? texts.common.yes : undefined],
              ["split", source.split ? texts.common.yes : undefined],
              ["client_subject", source.client_subject],
              ["principal", source.principal],
              [texts.common.id, <Id id={source.id} />],
              [texts.common.created, <Time at={source.created_at} />],
            ]}
          />
        </Card>
        <Card title={t.keys}>
          <ul class="plain">
            {source.keys.map((key) => (
              <KeyRow key={key.id} ring={key} />
            ))}
          </ul>
        </Card>
      </div>
      <Card title={t.rejected} wide>
        <RejectedTable source={id} />
      </Card>
    </>
  );
}

const KeyRow = ({ ring }: { ring: RingKey }) => (
  <li>
    <Id id={ring.id} />{" "}
    {ring.active ? <State of="active" text={t.active} /> : <State of="expired" />}
    {ring.not_before && (
      <span class="faint">
        {" "}
        {t.from} <Time at={ring.not_before} />
      </span>
    )}
    {ring.not_after && (
      <span class="faint">
        {" "}
        {t.until} <Time at={ring.not_after} />
      </span>
    )}
  </li>
);

function Actions({ source, onDone }: { source: Source; onDone: () => void }) {
  const [shown, setShown] = useState<"rotate" | "delete" | undefined>();
  if (!may("sources:write") || source.read_only) return null;
  const path = `v1/sources/${source.id}`;
  const remove = async () => {
    if (!(await attempt(() => send(path, { method: "DELETE" })))) return;
    void loadNames();
    go("sources");
  };
  const close = () => {
    setShown(undefined);
    onDone();
  };
  return (
    <>
      <button onClick={() => setShown("rotate")}>{t.rotate}</button>
      <button class="danger" onClick={() => setShown("delete")}>
        {texts.common.delete}
      </button>
      <button class="primary" onClick={() => go(`sources/${source.id}/edit`)}>
        {texts.common.edit}
      </button>
      {shown === "rotate" && <Rotate path={path} onClose={close} />}
      {shown === "delete" && (
        <Confirm
          title={`${texts.common.delete}: ${source.name}`}
          lead={t.delete_lead}
          action={texts.common.delete}
          onYes={remove}
          onClose={close}
        />
      )}
    </>
  );
}
