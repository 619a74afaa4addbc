/* SPDX-License-Identifier: MIT */
/* What an image asks of the driver: NVIDIA_REQUIRE_CUDA, "cuda>=12.8 brand=tesla,driver>=535". One
 * of the alternatives between blanks must hold, all its conditions between commas
 * (https://docs.nvidia.com/datacenter/cloud-native/container-toolkit, "Constraints"). The runtime
 * refuses to start the container otherwise, unless it was told not to look. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/lookup.h"
#include "judge/case.h"
#include "judge/rules.h"
#include "model/spec.h"

typedef enum answer { DOES_NOT, PERHAPS, HOLDS } answer;

/* One condition: a version of the driver or of the CUDA it offers. What else there is (brand, arch)
 * may hold. */
static answer condition(const gm_case *c, const char *text)
{
    gm_spec spec;
    char version[64];
    if (gm_spec_parse(text, c->arena, &spec, NULL) != GM_OK || !spec.clause_count)
        return PERHAPS;
    bool cuda = !strcmp(spec.name, "cuda");
    if (!cuda && strcmp(spec.name, "driver"))
        return PERHAPS;
    gm_version has = cuda ? c->driver.cuda : c->driver.version;
    if (!has.count)
        return PERHAPS;
    snprintf(version, sizeof version, "%u.%u.%u", has.part[0], has.part[1], has.part[2]);
    return gm_spec_allows(&spec, version) ? HOLDS : DOES_NOT;
}

static answer alternative(const gm_case *c, const char *text, size_t size)
{
    answer worst = HOLDS;
    for (const char *end = text + size; text < end;) {
        size_t length = strcspn(text, ", \t\n");
        const char *one = gm_arena_text_n(c->arena, text, length);
        answer now = one && *one ? condition(c, one) : PERHAPS;
        worst = now < worst ? now : worst;
        text += length;
        text += text < end && *text == ',';
    }
    return worst;
}

void gm_rule_container(gm_case *c)
{
    const char *asks = c->machine->image_asks, *at = asks;
    if (!asks || !*asks || c->device->vendor != GM_VENDOR_NVIDIA ||
        c->machine->driver.state != GM_KNOWN)
        return;
    bool any = false;
    while (*at) {
        at += strspn(at, " \t\n");
        size_t size = strcspn(at, " \t\n");
        any = any || size;
        if (size && alternative(c, at, size) != DOES_NOT)
            return;
        at += size;
    }
    if (!any)
        return;
    gm_finding *finding = gm_for_any_package(
        gm_decide(c, GM_VERDICT_RUNS, GM_CODE_CONTAINER_LABEL, GM_SEVERITY_WARNING));
    if (!finding)
        return;
    finding->variant = "here";
    gm_args_text(c->arena, &finding->args, "asks", asks);
    gm_finding_evidence(c->arena, finding, NULL, GM_OFFSET_NONE, asks, "NVIDIA_REQUIRE_CUDA");
}
