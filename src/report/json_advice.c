/* SPDX-License-Identifier: MIT */
#include "report/json_parts.h"

static void put_pairs(gm_json *json, const char *key, const gm_pair *pairs, size_t count)
{
    gm_json_key(json, key);
    gm_json_object(json);
    for (size_t i = 0; i < count; i++)
        gm_json_put_text(json, pairs[i].name, pairs[i].value);
    gm_json_object_end(json);
}

static void put_proof(gm_json *json, const gm_advice *advice)
{
    gm_json_key(json, "proof");
    if (!advice->proven) {
        gm_json_null(json);
        return;
    }
    gm_json_object(json);
    gm_json_put_text(json, "verdict", gm_verdict_token(advice->proof));
    put_pairs(json, "assumes", advice->assumes.items, advice->assumes.count);
    gm_json_object_end(json);
}

static void put_installs(gm_json *json, const gm_advice *advice)
{
    gm_json_key(json, "installs");
    gm_json_array(json);
    for (size_t i = 0; i < advice->installs.count; i++) {
        const gm_install *install = &advice->installs.items[i];
        gm_json_object(json);
        gm_json_put_text(json, "name", install->name);
        gm_json_put_text(json, "version", install->version);
        gm_json_put_text(json, "variant", install->variant);
        gm_json_put_text(json, "index", install->index);
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
}

void gm_json_advice(gm_json *json, gm_lang lang, const gm_advice *advice, size_t rank)
{
    gm_text why = GM_TEXT_INIT;
    gm_report_sentence(&why, lang, advice->why, &advice->args);
    gm_json_object(json);
    gm_json_put_number(json, "rank", rank);
    gm_json_put_text(json, "action", gm_action_token(advice->action));
    gm_json_put_text(json, "why", why.data);
    put_proof(json, advice);
    put_installs(json, advice);
    gm_json_key(json, "driver");
    gm_json_object(json);
    gm_json_put_text(json, "min", advice->driver_min);
    gm_json_put_text(json, "max", advice->driver_max);
    gm_json_object_end(json);
    put_pairs(json, "env", advice->env.items, advice->env.count);
    gm_json_key(json, "hide_devices");
    gm_json_array(json);
    for (size_t i = 0; i < advice->hide_devices.count; i++)
        gm_json_signed(json, advice->hide_devices.items[i]);
    gm_json_array_end(json);
    gm_json_key(json, "commands");
    gm_json_array(json);
    for (size_t i = 0; i < advice->commands.count; i++) {
        gm_json_object(json);
        gm_json_put_text(json, "shell", advice->commands.items[i].shell);
        gm_json_put_text(json, "text", advice->commands.items[i].text);
        gm_json_object_end(json);
    }
    gm_json_array_end(json);
    gm_json_object_end(json);
    gm_text_free(&why);
}
