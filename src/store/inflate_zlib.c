/* SPDX-License-Identifier: MIT */
#include "store/inflate.h"

#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

struct gm_inflate {
    z_stream stream;
};

gm_inflate *gm_inflate_new(void)
{
    gm_inflate *inflate = calloc(1, sizeof *inflate);
    /* Negative: without a header of zlib's own. */
    if (inflate && inflateInit2(&inflate->stream, -MAX_WBITS) != Z_OK) {
        free(inflate);
        return NULL;
    }
    return inflate;
}

void gm_inflate_free(gm_inflate *inflate)
{
    if (inflate)
        inflateEnd(&inflate->stream);
    free(inflate);
}

void gm_inflate_reset(gm_inflate *inflate)
{
    inflateReset(&inflate->stream);
}

static uInt at_most(size_t size)
{
    return size < UINT32_MAX ? (uInt)size : UINT32_MAX;
}

gm_inflate_result gm_inflate_run(gm_inflate *object, gm_span *input, uint8_t *out, size_t room,
                                 size_t *ret_made)
{
    z_stream *stream = &object->stream;
    uInt given = at_most(input->size), asked = at_most(room);
    stream->next_in = input->data;
    stream->avail_in = given;
    stream->next_out = out;
    stream->avail_out = asked;
    int result = inflate(stream, Z_NO_FLUSH);
    input->data += given - stream->avail_in;
    input->size -= given - stream->avail_in;
    *ret_made = asked - stream->avail_out;
    if (result == Z_STREAM_END)
        return GM_INFLATE_END;
    /* Z_BUF_ERROR: nothing could be done with this little input or room. */
    return result == Z_OK || result == Z_BUF_ERROR ? GM_INFLATE_MORE : GM_INFLATE_DAMAGED;
}

uint32_t gm_crc32(uint32_t crc, gm_span bytes)
{
    return (uint32_t)crc32_z(crc, bytes.data, bytes.size);
}
