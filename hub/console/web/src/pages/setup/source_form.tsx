// Makes a source from the catalog of schemes, or changes one.
import { useState } from "preact/hooks";
import type { Scheme, Source } from "@v1";
import { parse, send } from "../../api";
import { Card, CopyCode, Facts, PageFailure, Loading, Once, PageHead } from "../../components/bits";
import { useEdited } from "../../components/edited";
import { Form } from "../../components/form";
import type { Field } from "../../forms";
import { listAll, loadNames } from "../../names";
import { useQuery } from "../../query";
import { go, href } from "../../router";
import { texts } from "../../texts";

const t = texts.sources;

const details: Field[] = [
  { pointer: "/public_url", label: "public_url", kind: "text", cleared: "null" },
  { pointer: "/tolerance", label: "tolerance", kind: "text", cleared: "null" },
  { pointer: "/repeats", label: "repeats", kind: "choice", options: ["accept", "refuse"] },
  {
    pointer: "/unsigned_types",
    label: "unsigned_types",
    kind: "choice",
    options: ["accept", "refuse"],
  },
  { pointer: "/gzip", label: "gzip", kind: "switch" },
  { pointer: "/split", label: "split", kind: "switch" },
  { pointer: "/client_subject", label: "client_subject", kind: "text", cleared: "null" },
  { pointer: "/principal", label: "principal", kind: "text", cleared: "null" },
  { pointer: "/verify_token", label: "verify_token", kind: "secret", cleared: "null" },
];
const changing: Field[] = [
  { pointer: "/schemes", label: t.schemes, kind: "list", required: true },
  ...details,
];

/** As the provider must know it. Behind a proxy public_url says so; else where this page comes from. */
export const urlOf = ({ public_url, path }: Source): string =>
  public_url ?? new URL(`..${path}`, document.baseURI).href;

export function NewSource() {
  const [made, setMade] = useState<Source>();
  const schemes = useQuery("schemes", () => listAll<Scheme>("v1/schemes"));
  if (made) return <Made source={made} />;
  if (schemes.error) return <PageFailure error={schemes.error} again={schemes.reload} />;
  if (!schemes.data) return <Loading />;
  const basics: Field[] = [
    { pointer: "/name", label: texts.common.name, kind: "text", required: true },
    {
      pointer: "/schemes",
      label: t.provider,
      kind: "choice",
      required: true,
      options: ["", ...schemes.data.map(({ name }) => name)],
    },
    { pointer: "/secret", label: texts.common.secret, kind: "secret" },
  ];
  const create = async ({ schemes: chosen, ...body }: Record<string, unknown>) => {
    const reply = await send("v1/sources", {
      method: "POST",
      body: { ...body, schemes: chosen ? [chosen] : undefined },
    });
    setMade(await parse<Source>(reply));
    void loadNames();
  };
  return (
    <>
      <PageHead over={[t.title, "sources"]} title={t.new} />
      <Form
        schema="NewSource"
        sections={[{ fields: basics }, { title: t.one, fields: details }]}
        initial={{}}
        action={texts.common.create}
        onSubmit={create}
        onCancel={() => go("sources")}
      />
    </>
  );
}

/** What is to be entered at the provider now. */
function Made({ source }: { source: Source }) {
  const url = urlOf(source);
  return (
    <>
      <PageHead over={[t.title, "sources"]} title={source.name} />
      <Card title={t.enter}>
        <Facts rows={[[t.enter_url, <CopyCode text={url} />]]} />
        {source.secret && <Once name={t.enter_secret} value={source.secret} />}
      </Card>
      <a class="button primary" href={href(`sources/${source.id}`)}>
        {texts.palette.open}
      </a>
    </>
  );
}

export function EditSource({ id }: { id: string }) {
  const path = `v1/sources/${id}`;
  const { asked, latest, key, form } = useEdited(path, changing);
  if (asked.error && !form) return <PageFailure error={asked.error} again={asked.reload} />;
  if (!latest || !form) return <Loading />;
  const save = async (body: Record<string, unknown>) => {
    await send(path, { method: "PATCH", body, ifMatch: latest.etag });
    go(`sources/${id}`);
  };
  return (
    <>
      <PageHead over={[t.title, `sources/${id}`]} title={texts.common.edit} />
      <Form
        key={key}
        {...form}
        schema="NewSource"
        sections={[{ fields: changing }]}
        onSubmit={save}
        onCancel={() => go(`sources/${id}`)}
      />
    </>
  );
}
