/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include <string.h>

#include "base/utf8.h"

static const struct {
    const char *token;
    int exit_status;
} status_rows[] = {
#define GM_STATUS_ROW(name, token, exit) [GM_##name] = {token, exit},
    GM_STATUS_LIST(GM_STATUS_ROW)
#undef GM_STATUS_ROW
};

static void copy_text(char *to, const char *from)
{
    size_t size = from ? strlen(from) : 0;
    if (size >= GM_ERROR_TEXT_BYTES)
        size = gm_utf8_floor(from, GM_ERROR_TEXT_BYTES - 1);
    if (size)
        memcpy(to, from, size);
    to[size] = '\0';
}

gm_status gm_fail(gm_error *reterr, gm_status status, const char *code, const char *subject,
                  uint64_t offset)
{
    if (reterr) {
        reterr->status = status;
        reterr->code = code;
        copy_text(reterr->subject, subject);
        reterr->detail[0] = '\0';
        reterr->offset = offset;
        reterr->system = 0;
    }
    return status;
}

gm_status gm_fail_detail(gm_error *reterr, gm_status status, const char *code, const char *subject,
                         const char *detail)
{
    gm_fail(reterr, status, code, subject, GM_OFFSET_NONE);
    if (reterr)
        copy_text(reterr->detail, detail);
    return status;
}

const char *gm_status_token(gm_status status)
{
    return status_rows[status].token;
}

int gm_status_exit(gm_status status)
{
    return status_rows[status].exit_status;
}
