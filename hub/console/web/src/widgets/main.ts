// The widgets for pages of other sites: one classic script, without any library.
//
//   <script src="https://hub.example/embed/widgets.js" defer></script>
//   <katydid-analytics event-id="evt_1" token="ke_…"></katydid-analytics>
import { defineAnalytics } from "./analytics";

const script = document.currentScript as HTMLScriptElement | null;
defineAnalytics(script?.src ? new URL(".", script.src) : undefined);
