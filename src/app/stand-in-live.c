#include "session/live.h"
#include "store/autosave.h"
FyLive * fy_live_new (const char *input,
                     const FySessionParams *params,
                     const FyLiveFuncs *funcs,
                     gpointer user_data) { return g_malloc0 (8); }
void fy_live_free (FyLive *self) { g_free (self); }
void fy_live_set_playhead (FyLive *self, int frame) {  }
void fy_live_set_objects (FyLive *self, FyObject *const *object, int n) {  }
void fy_live_set_labels (FyLive *self, int frame, FyFrameLabels *labels, guint serial) {  }
void fy_live_set_ways (FyLive *self, const guint8 *way) {  }
void fy_live_set_params (FyLive *self, const FyPropagateParams *params) {  }
void fy_live_pause (FyLive *self) {  }
void fy_live_resume (FyLive *self) {  }
gboolean fy_live_is_paused (FyLive *self) { return 0; }
FyReady fy_live_ready (FyLive *self, int frame) { return 0; }
void fy_live_get_progress (FyLive *self, FyLiveProgress *progress) {  }
void fy_live_run_async (FyLive *self,
                        FyLiveJob job,
                        gpointer data,
                        GDestroyNotify data_free,
                        GDestroyNotify result_free,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data) {  }
gpointer fy_live_run_finish (FyLive *self, GAsyncResult *result, GError **error) { return 0; }
