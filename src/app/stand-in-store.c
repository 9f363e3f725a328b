#include "store/autosave.h"
FyProjectFile * fy_project_file_open (const char *path, FyProjectMode mode, GError **error) { g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "stand-in"); return NULL; }
void fy_project_file_close (FyProjectFile *self) {  }
const char * fy_project_file_path (FyProjectFile *self) { return NULL; }
void fy_project_media_clear (FyProjectMedia *self) {  }
gboolean fy_project_file_get_media (FyProjectFile *self, FyProjectMedia *media, GError **error) { return 0; }
gboolean fy_project_file_set_media (FyProjectFile *self, const FyProjectMedia *media, GError **error) { return 0; }
GPtrArray * fy_project_file_get_objects (FyProjectFile *self, GError **error) { g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "stand-in"); return NULL; }
gboolean fy_project_file_get_frames (FyProjectFile *self,
                                     FyProjectFrameFunc func,
                                     gpointer user_data,
                                     GCancellable *cancellable,
                                     GError **error) { return 0; }
char * fy_project_file_get_setting (FyProjectFile *self, const char *name) { return NULL; }
gboolean fy_project_file_begin (FyProjectFile *self, GError **error) { return 0; }
gboolean fy_project_file_commit (FyProjectFile *self, GError **error) { return 0; }
void fy_project_file_rollback (FyProjectFile *self) {  }
gboolean fy_project_file_set_objects (FyProjectFile *self, FyObject *const *object, int n, GError **error) { return 0; }
gboolean fy_project_file_set_frame (FyProjectFile *self,
                                    int frame,
                                    const FyFrameLabels *labels,
                                    GError **error) { return 0; }
gboolean fy_project_file_set_setting (FyProjectFile *self,
                                      const char *name,
                                      const char *value,
                                      GError **error) { return 0; }
gboolean fy_project_file_copy (FyProjectFile *self, const char *path, GError **error) { return 0; }
gboolean fy_project_file_check (FyProjectFile *self, GError **error) { return 0; }
FyAutosave * fy_autosave_new (FyProjectFile *file, FyAutosaveFunc done, gpointer user_data) { return NULL; }
void fy_autosave_free (FyAutosave *self) {  }
void fy_autosave_put_objects (FyAutosave *self, FyObject *const *object, int n) {  }
void fy_autosave_put_frame (FyAutosave *self, int frame, FyFrameLabels *labels) {  }
void fy_autosave_put_setting (FyAutosave *self, const char *name, const char *value) {  }
void fy_autosave_put_media (FyAutosave *self, const FyProjectMedia *media) {  }
gboolean fy_autosave_is_clean (FyAutosave *self) { return 0; }
gboolean fy_autosave_flush (FyAutosave *self, GError **error) { return 0; }
void fy_autosave_copy_async (FyAutosave *self,
                             const char *path,
                             GAsyncReadyCallback callback,
                             gpointer user_data) {  }
gboolean fy_autosave_copy_finish (FyAutosave *self, GAsyncResult *result, GError **error) { return 0; }
