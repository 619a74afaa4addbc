/* SPDX-License-Identifier: MIT */
/* Sentences: languages, arguments, what is missing, terms and their aliases. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "words/words.h"

static void assert_sentence(gm_lang lang, const char *id, const gm_words_arg *args, size_t count,
                            const char *expected)
{
    gm_text text = GM_TEXT_INIT;
    gm_words_add(&text, lang, id, args, count);
    assert_string_equal(text.data, expected);
    gm_text_free(&text);
}

static void languages_by_tag(void **state)
{
    static const struct {
        const char *tag, *found;
    } cases[] = {{"en", "en"},          {"en_US.UTF-8", "en"},
                 {"C", "en"},           {"POSIX", "en"},
                 {"C.UTF-8", "en"},     {"zh", "zh"},
                 {"zh_CN.UTF-8", "zh"}, {"ZH-hans-CN", "zh"},
                 {"zhx", NULL},         {"", NULL},
                 {"de_DE", NULL},       {"z", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *tag = gm_words_lang_tag(gm_words_lang_find(cases[i].tag));
        if (cases[i].found)
            assert_string_equal(tag, cases[i].found);
        else
            assert_null(tag);
    }
    assert_string_equal(gm_words_lang_tag(0), "en");
    assert_null(gm_words_lang_tag(-1));
    assert_null(gm_words_lang_tag(1000));
}

static void sentences_with_arguments(void **state)
{
    gm_words_arg subject = {"subject", "x", false}, message = {"subject", "report.gpu", true};
    (void)state;
    assert_sentence(0, "error.bad-os", &subject, 1,
                    "\"x\" is no operating system that gpumatch knows.");
    assert_sentence(0, "error.needs-value", NULL, 0, "{subject} needs a value.");
    assert_sentence(0, "error.needs-value", &message, 1, "GPU needs a value.");
    /* Our own words begin a sentence with a capital, names do not. */
    gm_words_arg code = {"package", "report.stated-code", true}, name = {"package", "torch", false};
    assert_sentence(0, "verdict.runs", &code, 1, "This code runs on this GPU.");
    assert_sentence(0, "verdict.unknown", &code, 1, "Cannot tell whether this code runs.");
    assert_sentence(0, "verdict.runs", &name, 1, "torch runs on this GPU.");
    assert_sentence(0, "no.such.id", &subject, 1, "no.such.id");
    /* A language that does not exist speaks English. */
    assert_string_equal(gm_words_find(1000, "report.gpu"), gm_words_find(0, "report.gpu"));
    assert_null(gm_words_find(0, "no.such.id"));
}

static void arguments_are_no_patterns(void **state)
{
    /* What comes from outside is not looked at for placeholders. */
    gm_words_arg args[] = {{"subject", "{detail} {{", false}, {"detail", "secret", false}};
    (void)state;
    assert_sentence(0, "error.needs-value", args, 2, "{detail} {{ needs a value.");
}

static void languages_differ(void **state)
{
    gm_lang zh = gm_words_lang_find("zh");
    (void)state;
    assert_true(zh > 0);
    assert_string_not_equal(gm_words_find(0, "verdict.no"), gm_words_find(zh, "verdict.no"));
}

static void terms_by_any_name(void **state)
{
    static const struct {
        const char *text, *term;
    } cases[] = {{"compute capability", "compute-capability"},
                 {"Compute-Capability", "compute-capability"},
                 {"算力", "compute-capability"},
                 {"显卡驱动", "gpu-driver"},
                 {"--index-url", "index-url"},
                 {"index_url", "index-url"},
                 {"轮子", "wheel"},
                 {"cuda toolkit", "cuda-toolkit"},
                 {"+cu118", "local-version"},
                 {"computer", NULL},
                 {"", NULL},
                 {" - ", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *term = gm_words_term_find(cases[i].text);
        if (cases[i].term)
            assert_string_equal(term ? term : "none", cases[i].term);
        else
            assert_null(term);
    }
}

static void every_term_finds_itself(void **state)
{
    size_t count = 0;
    (void)state;
    for (const char *term; (term = gm_words_term(count)); count++)
        assert_string_equal(gm_words_term_find(term), term);
    assert_true(count >= 60);
}

/* By its name and each alias, in every language. */
static void every_term_is_reached_by_every_alias(void **state)
{
    (void)state;
    for (size_t i = 0; gm_words_term(i); i++) {
        const char *term = gm_words_term(i);
        for (gm_lang lang = 0; gm_words_lang_tag(lang); lang++) {
            char id[96], alias[128];
            snprintf(id, sizeof id, "term.%s.name", term);
            assert_string_equal(gm_words_term_find(gm_words_find(lang, id)), term);
            snprintf(id, sizeof id, "term.%s.alias", term);
            for (const char *at = gm_words_find(lang, id); *at;) {
                size_t size = strcspn(at, "|");
                assert_true(size > 0 && size < sizeof alias);
                memcpy(alias, at, size);
                alias[size] = '\0';
                const char *found = gm_words_term_find(alias);
                assert_string_equal(found ? found : alias, term);
                at += size + (at[size] == '|');
            }
        }
    }
}

static void long_text_is_no_term(void **state)
{
    char text[4096];
    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_null(gm_words_term_find(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(languages_by_tag),
                                       cmocka_unit_test(sentences_with_arguments),
                                       cmocka_unit_test(arguments_are_no_patterns),
                                       cmocka_unit_test(languages_differ),
                                       cmocka_unit_test(terms_by_any_name),
                                       cmocka_unit_test(every_term_finds_itself),
                                       cmocka_unit_test(every_term_is_reached_by_every_alias),
                                       cmocka_unit_test(long_text_is_no_term)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
