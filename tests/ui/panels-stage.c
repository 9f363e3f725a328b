/* SPDX-License-Identifier: MIT */
#include "panels-stage.h"

#include "app/document-internal.h"

FerryDocument *
stage_new (GSettings *settings)
{
  FerryDocument *document = ferry_document_new (settings);

  document->labels = fy_label_set_new (STAGE_WIDTH, STAGE_HEIGHT, STAGE_N_FRAMES);
  document->params = *fy_preset_find ("fc-davis");
  g_signal_emit_by_name (document, "opened");
  return document;
}

void
stage_add_masks (FerryDocument *document, int n)
{
  FyLabelSet *labels = ferry_document_labels (document);
  g_autoptr (FyIdMap) map = fy_id_map_new (STAGE_WIDTH, STAGE_HEIGHT);
  g_autoptr (FyRunMap) runs = NULL;

  fy_label_set_begin (labels, "stage", 0);
  for (int id = 1; id <= n; id++)
    {
      g_autoptr (FyObject) object = fy_object_new ((guint16) id, NULL, FY_OBJECT_MASK);

      fy_label_set_set_object (labels, object);
      for (int y = 0; id < STAGE_WIDTH && y < STAGE_HEIGHT; y++)
        map->id[y * STAGE_WIDTH + id] = (guint16) id;
    }
  runs = fy_run_map_new (map);
  fy_label_set_paint (labels, 0, runs);
  fy_label_set_end (labels);
}
