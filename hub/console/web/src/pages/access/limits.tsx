// What the whole hub may have in flight; operators only.
import { useState } from "preact/hooks";
import { send } from "../../api";
import { Card, PageFailure, Loading, PageHead } from "../../components/bits";
import { Form } from "../../components/form";
import { say } from "../../components/toast";
import { readTexts, type Field } from "../../forms";
import { parseJson } from "../../json/parse";
import { useQuery } from "../../query";
import { go } from "../../router";
import { texts } from "../../texts";

const t = texts.access;
const fields: Field[] = [
  { pointer: "/in_flight", label: t.hub_in_flight, kind: "number", cleared: "null" },
  { pointer: "/tenant_in_flight", label: t.tenant_in_flight, kind: "number", cleared: "null" },
];

export function LimitsPage() {
  const [round, setRound] = useState(0);
  const asked = useQuery(`limits ${round}`, async (abort) => {
    const reply = await send("v1/limits", { signal: abort });
    return readTexts(fields, parseJson(await reply.text()));
  });
  if (asked.error && !asked.data) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!asked.data) return <Loading />;
  const save = async (body: Record<string, unknown>) => {
    await send("v1/limits", { method: "PATCH", body });
    say(texts.subscriptions.saved);
    setRound(round + 1);
  };
  return (
    <>
      <PageHead title={t.limits} />
      <Card>
        <p class="faint">{t.limits_lead}</p>
        <Form
          schema="ChangedHubLimits"
          sections={[{ fields }]}
          initial={asked.data}
          isChange
          action={texts.common.save}
          onSubmit={save}
          onCancel={() => go("overview")}
        />
      </Card>
    </>
  );
}
