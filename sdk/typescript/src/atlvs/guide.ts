// The integration guide's functions, configured by the environment. A module's exports have to be
// written out: a test holds this list against what createATLVS makes.
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
