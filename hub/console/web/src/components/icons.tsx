// Icons as paths on a 24 × 24 grid, drawn with the colour of the text.

const PATHS: Record<string, string> = {
  overview: "M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-4H4zM14 8h6V4h-6z",
  events: "M13 3 5 14h6l-1 7 8-11h-6z",
  deliveries: "M3 11.5 21 3l-6 18-4-7zM11 14l10-11",
  subscriptions: "M4 6h10M4 12h7M4 18h10M17 9l3 3-3 3",
  sources: "M12 3v12M7 10l5 5 5-5M4 20h16",
  rejected: "M12 3 3 7v5c0 5 4 8 9 9 5-1 9-4 9-9V7zM9.5 9.5l5 5M14.5 9.5l-5 5",
  event_types: "M4 4h7l9 9-7 7-9-9zM8 8h.01",
  jobs: "M4 12a8 8 0 0 1 14-5l2 2M20 4v5h-5M20 12a8 8 0 0 1-14 5l-2-2M4 20v-5h5",
  keys: "M14 10a4 4 0 1 0-3 3l2 2h2v2h2v2h3v-3z",
  sessions: "M4 5h16v11H4zM12 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM8 20h8",
  tenants: "M4 20V9l8-5 8 5v11zM9 20v-6h6v6",
  audit: "M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h5",
  limits: "M4 18a9 9 0 1 1 16 0M12 14l4-5",
  bridge: "M3 17h18M5 17v-4a7 7 0 0 1 14 0v4M9 17v-6M15 17v-6",
  identities: "M4 5h16v14H4zM9 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4M6 16c1-2 5-2 6 0M15 10h3M15 13h3",
  settings: "M4 7h9M17 7h3M13 5v4M4 17h3M11 17h9M11 15v4",
  certificates: "M5 3h14v11H5zM12 14v7l-3-2M12 21l3-2M9 7h6M9 10h4",
  doctor: "M12 20C5 15 4 11 4 9a4 4 0 0 1 8-1 4 4 0 0 1 8 1c0 2-1 6-8 11zM8 11h2l1-2 2 4 1-2h2",
  menu: "M4 7h16M4 12h16M4 17h16",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
  help: "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 18h.01",
  leave: "M10 4H5v16h5M15 8l4 4-4 4M19 12H9",
  system: "M4 5h16v11H4zM9 20h6",
  light:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M19 5l-1.5 1.5M6.5 17.5 5 19",
  dark: "M20 14a8 8 0 1 1-10-10 7 7 0 0 0 10 10z",
};

export const Icon = ({ name }: { name: string }) => (
  <svg class="icon" viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
    <path d={PATHS[name] ?? ""} />
  </svg>
);
