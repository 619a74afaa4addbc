/* SPDX-License-Identifier: MIT */
/* Wrapping, sizes and sentences. */
#include "unit.h"

#include <string.h>

#include "base/utf8.h"
#include "report/report.h"
#include "words/table.h"

static gm_text wrapped(const char *text, unsigned columns, unsigned indent)
{
    gm_text out = GM_TEXT_INIT;
    gm_text_wrap(&out, text, columns, indent, indent);
    return out;
}

static void test_words_are_kept_whole(void **state)
{
    (void)state;
    gm_text out = wrapped("one two three four five six seven", 20, 2);
    assert_string_equal(out.data, "one two three four\n  five six seven\n");
    gm_text_free(&out);
}

/* The first character of a line that must not stand there, or the last one; NULL: all is well. */
static const char *misplaced(const char *line, size_t size)
{
    static const char *const closing[] = {"，", "。", "、", "；", "：", "？", "！",
                                          "）", "」", "”",  "’",  "…",  "·"};
    static const char *const opening[] = {"（", "「", "“", "‘", "("};
    for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
        if (!strncmp(line, closing[i], strlen(closing[i])))
            return closing[i];
    for (size_t i = 0; i < sizeof opening / sizeof *opening; i++) {
        size_t length = strlen(opening[i]);
        if (size >= length && !memcmp(line + size - length, opening[i], length))
            return opening[i];
    }
    return NULL;
}

/* Columns of a line; one without a place for a break (a path with its punctuation) counts as 0. */
static size_t columns_of(const char *line, size_t size)
{
    size_t width = 0;
    bool places = false;
    for (size_t at = 0; at < size;) {
        uint32_t code;
        at += gm_utf8_decode(line + at, size - at, &code);
        width += (size_t)gm_utf8_columns(code);
        places = places || code == ' ' || (code >= 0x3400 && code < 0xa000);
    }
    return places ? width : 0;
}

static void assert_well_broken(const char *text, unsigned columns)
{
    gm_text out = wrapped(text, columns, 0);
    for (const char *line = out.data; *line;) {
        size_t size = strcspn(line, "\n");
        /* A word between brackets may stick out with them, nothing else. */
        if (columns_of(line, size) > columns || misplaced(line, size))
            fail_msg("%u columns: %.*s", columns, (int)size, line);
        line += size + 1;
    }
    gm_text_free(&out);
}

/* At every width: no line is wider than asked, starts with closing punctuation or ends with an
 * opening one. The text is all that the program can say. */
static void test_line_breaks(void **state)
{
    (void)state;
    for (unsigned columns = 20; columns <= 120; columns++) {
        assert_well_broken(
            "这块显卡需要专门编译的代码，而它带的代码只适用于别的显卡。请安装（推荐）"
            "新的版本：“很快就好”！ · 名字 · sm_120 （见 .venv 和 %APPDATA%）",
            columns);
        /* Each width a part of all sentences, so that each sentence meets ten widths. */
        for (uint32_t i = columns % 10; i < gm_words_id_count * gm_words_lang_count; i += 10) {
            const char *text = (const char *)gm_words_pool + gm_words_texts[i];
            if (!strchr(text, '|') && !misplaced(text, strlen(text))) /* no lists, no mere comma */
                assert_well_broken(text, columns);
        }
    }
}

static void test_nothing_is_lost(void **state)
{
    (void)state;
    gm_text out = wrapped("GPU · sm_120 .venv", 20, 2);
    assert_string_equal(out.data, "GPU · sm_120 .venv\n");
    gm_text_free(&out);
    out = wrapped("显卡 RTX 5060 Laptop · sm_120", 22, 2);
    assert_string_equal(out.data, "显卡 RTX 5060\n  Laptop · sm_120\n");
    gm_text_free(&out);
}

static void test_sizes(void **state)
{
    (void)state;
    gm_text out = GM_TEXT_INIT;
    gm_text_add_size(&out, 1023);
    gm_text_add(&out, " ");
    gm_text_add_size(&out, 1022776209);
    assert_string_equal(out.data, "1023 B 975.4 MiB");
    gm_text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_are_kept_whole), cmocka_unit_test(test_line_breaks),
        cmocka_unit_test(test_nothing_is_lost), cmocka_unit_test(test_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
