/* SPDX-License-Identifier: MIT */
/* Wrapping, sizes and sentences. */
#include "unit.h"

#include <string.h>

#include "base/utf8.h"
#include "report/report.h"

static gm_text wrapped(const char *text, unsigned columns, unsigned indent)
{
    gm_text out = GM_TEXT_INIT;
    gm_report_wrap(&out, text, columns, indent, indent);
    return out;
}

static void test_words_are_kept_whole(void **state)
{
    (void)state;
    gm_text out = wrapped("one two three four five six seven", 20, 2);
    assert_string_equal(out.data, "one two three four\n  five six seven\n");
    gm_text_free(&out);
}

/* No line is wider than asked, no line starts with closing punctuation. */
static void test_chinese(void **state)
{
    (void)state;
    gm_text out = wrapped("这块显卡需要专门编译的代码，而它带的代码只适用于别的显卡。"
                          "请安装（推荐）新的版本：很快就好！",
                          21, 0);
    for (const char *line = out.data; *line;) {
        size_t size = strcspn(line, "\n");
        char copy[256];
        assert_true(size < sizeof copy);
        memcpy(copy, line, size);
        copy[size] = '\0';
        assert_true(gm_utf8_width(copy) <= 21);
        assert_memory_not_equal(line, "，", strlen("，"));
        assert_memory_not_equal(line, "。", strlen("。"));
        assert_memory_not_equal(line, "）", strlen("）"));
        line += size + 1;
    }
    gm_text_free(&out);
}

static void test_sizes(void **state)
{
    (void)state;
    gm_text out = GM_TEXT_INIT;
    gm_report_size(&out, 1023);
    gm_text_add(&out, " ");
    gm_report_size(&out, 1022776209);
    assert_string_equal(out.data, "1023 B 975.4 MiB");
    gm_text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words_are_kept_whole),
                                       cmocka_unit_test(test_chinese),
                                       cmocka_unit_test(test_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
