// An operator looks at one tenant at a time: its name stands in the URL of every page.
import { useEffect, useState } from "preact/hooks";
import type { Tenant } from "@v1";
import { listAll } from "../../names";
import { leaveForm } from "../../question";
import { place, setQuery } from "../../router";
import { latestSession } from "../../session";
import { texts } from "../../texts";

export function TenantChoice() {
  const who = latestSession.value;
  const [tenants, setTenants] = useState<Tenant[]>([]);
  useEffect(() => {
    if (who?.operator) void listAll<Tenant>("v1/tenants").then(setTenants, () => undefined);
  }, [who?.operator]);
  if (!who?.operator) return <span class="faint tenant-name">{who?.tenant.name}</span>;
  if (tenants.length < 2) return null;
  const shown = place.value.query["tenant"] ?? who.tenant.name;
  return (
    <select
      class="tenant"
      aria-label={texts.shell.tenant}
      value={shown}
      onChange={(event) => {
        const tenant = event.currentTarget.value;
        event.currentTarget.value = shown;
        leaveForm(() => setQuery({ tenant }));
      }}
    >
      {tenants.map(({ id, name }) => (
        <option key={id} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
