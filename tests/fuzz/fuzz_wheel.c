/* SPDX-License-Identifier: MIT */
/* ZIP archives, with what is in them, and the metadata of wheels. */
#include "fuzz.h"

#include "../unit/listing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gm_context context = gm_context_defaults();
    gm_source *source = gm_source_memory((gm_span){data, size});
    gm_text text = listing_of_archive(&context, source);
    gm_text_free(&text);
    gm_source_close(source);
    return 0;
}
