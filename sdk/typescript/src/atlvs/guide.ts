// The integration guide's functions, configured by the environment.
import { createATLVS } from "./client.js";

export const {
  syncEventToATLVS,
  syncEventFromATLVS,
  getATLVSResources,
  bookATLVSResource,
  syncTicketSalesToATLVS,
  syncArtistToATLVS,
  getATLVSAnalytics,
  getATLVSOperation,
  checkATLVSHealth,
  getATLVSStatus,
  syncWithRetry,
} = createATLVS();
