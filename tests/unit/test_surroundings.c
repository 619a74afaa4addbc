/* SPDX-License-Identifier: MIT */
/* What stands between a GPU and a program: kernel drivers, libraries, permissions, containers,
 * variables. Written after documentation; not recorded on such machines. */
#include "machine.h"

/* --- what stands between the GPU and a program -------------------------------------------------
 */

#define CARD(id)                                                                                   \
    {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:01:00.0\n"},                                    \
        DEVICE("0000:01:00.0", "0x10de", id, "0x030000")
#define LIB "/usr/lib/x86_64-linux-gnu"

static void test_bound_drivers(void **state)
{
    static const struct {
        gm_key_row link;
        gm_binding binding;
        const char *name;
    } table[] = {{BOUND("0000:01:00.0", "nouveau"), GM_BINDING_DISPLAY, "nouveau"},
                 {BOUND("0000:01:00.0", "nvidia"), GM_BINDING_COMPUTE, "nvidia"},
                 {BOUND("0000:01:00.0", "vfio-pci"), GM_BINDING_PASSTHROUGH, "vfio-pci"},
                 {BOUND("0000:01:00.0", "amdgpu"), GM_BINDING_UNKNOWN, "amdgpu"},
                 {BOUND("0000:01:00.0", "something"), GM_BINDING_UNKNOWN, "something"},
                 {END, GM_BINDING_UNKNOWN, NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const gm_key_row rows[] = {LINUX, CARD("0x2684"), table[i].link, END};
        struct seen seen = look(rows);
        const gm_device *device = &seen.machine.devices.items[0];
        assert_int_equal(device->binding, table[i].binding);
        if (table[i].name)
            assert_string_equal(device->kernel_driver, table[i].name);
        else
            assert_null(device->kernel_driver);
        gm_arena_free(seen.arena);
    }
}

struct library {
    gm_key_row rows[5];
    const char *version, *path, *variable;
    bool compat;
};

static const struct library libraries[] = {
    {{{"link:" LIB "/libcuda.so.1", GM_KEY_OK, "libcuda.so.580.82.07"}},
     "580.82.07",
     LIB "/libcuda.so.1",
     NULL,
     false},
    /* Debian: through alternatives */
    {{{"link:" LIB "/libcuda.so.1", GM_KEY_OK, "/etc/alternatives/glx--libcuda.so.1"},
      {"link:/etc/alternatives/glx--libcuda.so.1", GM_KEY_OK, LIB "/nvidia/current/libcuda.so.1"},
      {"link:" LIB "/nvidia/current/libcuda.so.1", GM_KEY_OK, "libcuda.so.535.183.01"}},
     "535.183.01",
     LIB "/libcuda.so.1",
     NULL,
     false},
    {{{"env:LD_LIBRARY_PATH", GM_KEY_OK, "relative::/usr/local/cuda/compat/:/opt"},
      {"link:/usr/local/cuda/compat/libcuda.so.1", GM_KEY_OK, "libcuda.so.580.65.06"},
      {"link:" LIB "/libcuda.so.1", GM_KEY_OK, "libcuda.so.535.183.01"}},
     "580.65.06",
     "/usr/local/cuda/compat/libcuda.so.1",
     "LD_LIBRARY_PATH",
     true},
    {{{"list:/etc/ld.so.conf.d", GM_KEY_OK, "000_cuda.conf\ni386.conf\nreadme\n"},
      {"file:/etc/ld.so.conf.d/000_cuda.conf", GM_KEY_OK, "# c\n/usr/local/cuda-12.9/compat\n"},
      {"file:/etc/ld.so.conf.d/i386.conf", GM_KEY_OK, "/usr/lib/i386-linux-gnu\n"},
      {"link:/usr/local/cuda-12.9/compat/libcuda.so.1", GM_KEY_OK, "libcuda.so.575.57.08"}},
     "575.57.08",
     "/usr/local/cuda-12.9/compat/libcuda.so.1",
     NULL,
     true},
    /* a folder of 32-bit libraries and one whose name only looks like a package's */
    {{{"env:LD_LIBRARY_PATH", GM_KEY_OK, "/usr/lib/i386-linux-gnu:/opt/compatible"},
      {"link:/usr/lib/i386-linux-gnu/libcuda.so.1", GM_KEY_OK, "libcuda.so.470.1.2"},
      {"link:/opt/compatible/libcuda.so.1", GM_KEY_OK, "libcuda.so.580.65.06"}},
     "580.65.06",
     "/opt/compatible/libcuda.so.1",
     "LD_LIBRARY_PATH",
     false},
    /* a file without a version in its name, and links in a circle */
    {{{"access:/usr/lib64/libcuda.so.1", GM_KEY_DENIED, NULL}},
     NULL,
     "/usr/lib64/libcuda.so.1",
     NULL,
     false},
    {{{"link:" LIB "/libcuda.so.1", GM_KEY_OK, "libcuda.so.1"}},
     NULL,
     LIB "/libcuda.so.1",
     NULL,
     false},
    {{END}, NULL, NULL, NULL, false}};

static void assert_text(const char *a, const char *b)
{
    if (b)
        assert_string_equal(a ? a : "(none)", b);
    else
        assert_null(a);
}

static void test_libcuda(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        gm_key_row rows[16] = {LINUX, CARD("0x2684"), {VERSION, GM_KEY_OK, OPEN_FLAVOUR}};
        size_t count = 7;
        for (size_t k = 0; k < 5 && libraries[i].rows[k].key; k++)
            rows[count++] = libraries[i].rows[k];
        struct seen seen = look(rows);
        const gm_driver *driver = &seen.machine.driver;
        assert_text(driver->library, libraries[i].version);
        assert_text(driver->library_path, libraries[i].path);
        assert_text(driver->library_variable, libraries[i].variable);
        assert_int_equal(driver->library_compat, libraries[i].compat);
        gm_arena_free(seen.arena);
    }
}

static void test_device_files(void **state)
{
    static const struct {
        gm_key_answer control, memory, own;
        gm_access access;
        const char *path;
    } table[] = {{GM_KEY_OK, GM_KEY_OK, GM_KEY_OK, GM_ACCESS_OK, NULL},
                 {GM_KEY_DENIED, GM_KEY_OK, GM_KEY_OK, GM_ACCESS_DENIED, "/dev/nvidiactl"},
                 {GM_KEY_OK, GM_KEY_ABSENT, GM_KEY_DENIED, GM_ACCESS_DENIED, "/dev/nvidia3"},
                 {GM_KEY_OK, GM_KEY_ABSENT, GM_KEY_OK, GM_ACCESS_ABSENT, "/dev/nvidia-uvm"},
                 {GM_KEY_FAILED, GM_KEY_OK, GM_KEY_OK, GM_ACCESS_OK, NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const gm_key_row rows[] = {
            LINUX,
            CARD("0x2684"),
            {VERSION, GM_KEY_OK, OPEN_FLAVOUR},
            {"list:/proc/driver/nvidia/gpus", GM_KEY_OK, "0000:01:00.0\n0000:99:00.0\n"},
            {"file:/proc/driver/nvidia/gpus/0000:01:00.0/information", GM_KEY_OK,
             "Model: \t NVIDIA\nGPU UUID: \t GPU-8f5e2f1c-0000-1111-2222-333344445555\n"
             "Device Minor: \t 3\n"},
            {"access:/dev/nvidiactl", table[i].control, ""},
            {"access:/dev/nvidia-uvm", table[i].memory, ""},
            {"access:/dev/nvidia3", table[i].own, ""},
            END};
        struct seen seen = look(rows);
        const gm_device *device = &seen.machine.devices.items[0];
        assert_string_equal(device->uuid, "GPU-8f5e2f1c-0000-1111-2222-333344445555");
        assert_int_equal(device->access, table[i].access);
        assert_text(device->access_path, table[i].path);
        gm_arena_free(seen.arena);
    }
}

static void test_containers(void **state)
{
    static const struct {
        gm_key_row row;
        const char *kind;
    } table[] = {
        {{"access:/.dockerenv", GM_KEY_DENIED, NULL}, "docker"},
        {{"access:/run/.containerenv", GM_KEY_OK, ""}, "podman"},
        {{"env:container", GM_KEY_OK, "lxc"}, "lxc"},
        {{"env:container", GM_KEY_OK, "my own name"}, "container"},
        {{"env:container", GM_KEY_OK, ""}, NULL},
        {{"file:/proc/1/cgroup", GM_KEY_OK, "0::/kubepods/besteffort/pod1"}, "kubernetes"},
        {{"file:/proc/1/cgroup", GM_KEY_OK, "0::/init.scope\n"}, NULL},
        {{"env:KUBERNETES_SERVICE_HOST", GM_KEY_OK, "10.0.0.1"}, "kubernetes"},
        {{"file:/proc/self/mountinfo", GM_KEY_OK,
          "22 27 0:21 / /proc rw - proc proc rw\n1 2 0:9 / / rw,relatime master:1 - overlay "
          "overlay rw,lowerdir=/var/lib/containerd/x\n"},
         "container"},
        {{"file:/proc/self/mountinfo", GM_KEY_OK,
          "1 2 0:9 / / rw - overlay overlay rw,lowerdir=/live\n3 4 0:9 / /x rw - overlay o "
          "lowerdir=/var/lib/docker"},
         NULL},
        {{"file:/proc/self/mountinfo", GM_KEY_OK, "1 2 0:9 / / rw - ext4 /dev/docker rw\n"}, NULL},
        {{"file:/proc/self/mountinfo", GM_KEY_OK, "1 2\n/ / - \n - overlay docker"}, NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const gm_key_row rows[] = {LINUX, table[i].row, END};
        struct seen seen = look(rows);
        assert_text(seen.machine.container, table[i].kind);
        gm_arena_free(seen.arena);
    }
}

static void test_tegra(void **state)
{
    static const gm_key_row rows[] = {
        {"system:os", GM_KEY_OK, "linux"},
        {"system:arch", GM_KEY_OK, "aarch64"},
        {"file:/proc/device-tree/compatible", GM_KEY_OK, "nvidia,tegra234"},
        {"file:/etc/nv_tegra_release", GM_KEY_OK, "# R36 (release), REVISION: 4.3, GCID: 38968081"},
        END};
    (void)state;
    struct seen seen = look(rows);
    assert_int_equal(seen.machine.devices.count, 1);
    assert_int_equal(seen.machine.devices.items[0].targets[0].number, 87);
    assert_string_equal(seen.machine.driver.text, "L4T 36.4.3");
    assert_int_equal(seen.machine.driver.cuda.part[0], 12);
    assert_int_equal(seen.machine.driver.cuda.part[1], 6);
    gm_arena_free(seen.arena);
}

/* --- variables ---------------------------------------------------------------------------------
 */

#define INFO(address, uuid)                                                                        \
    {                                                                                              \
        "file:/proc/driver/nvidia/gpus/" address "/information", GM_KEY_OK, "GPU UUID: " uuid "\n" \
    }

/* Three GPUs; the third is of another kind where `same` is false. The mask of those that stay
 * visible. */
struct visible {
    bool same;
    const char *order, *value;
    unsigned mask;
    bool unknown;
};

static const struct visible visibles[] = {{true, NULL, "0", 1, false},
                                          {true, NULL, "2,0", 5, false},
                                          {true, NULL, "", 0, false},
                                          {true, NULL, "-1", 0, false},
                                          {true, NULL, "NoDevFiles", 0, false},
                                          {true, NULL, "1,-1,2", 2, false},
                                          {true, NULL, "0,7,1", 1, false},
                                          {true, NULL, " 0 , 1", 3, false},
                                          {true, NULL, "1x,0", 0, false},
                                          {true, NULL, "GPU-aa", 1, false},
                                          {true, NULL, "GPU-b,gpu-aa", 0, false}, /* two begin so */
                                          {true, NULL, "GPU-bb1,0", 3, false},
                                          {true, NULL, "GPU-zz", 0, false},
                                          {true, NULL, "MIG-GPU-bb2/3/0", 4, false},
                                          {true, NULL, "MIG-1234", 7, true},
                                          {false, NULL, "0", 7, true},
                                          {false, "FASTEST_FIRST", "1,2", 7, true},
                                          {false, NULL, "0,1,2", 7, false},
                                          {false, NULL, "5", 0, false},
                                          {false, NULL, "", 0, false},
                                          {false, NULL, "GPU-bb2", 4, false},
                                          {false, "PCI_BUS_ID", "2", 4, false}};

static void test_cuda_visible_devices(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof visibles / sizeof *visibles; i++) {
        const struct visible *v = &visibles[i];
        const gm_key_row rows[] = {
            LINUX,
            {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:01:00.0\n0000:02:00.0\n0000:03:00.0\n"},
            DEVICE("0000:01:00.0", "0x10de", "0x2330", "0x030200"),
            DEVICE("0000:02:00.0", "0x10de", "0x2330", "0x030200"),
            {"file:" PCI "0000:03:00.0/vendor", GM_KEY_OK, "0x10de"},
            {"file:" PCI "0000:03:00.0/class", GM_KEY_OK, "0x030200"},
            {"file:" PCI "0000:03:00.0/device", GM_KEY_OK, v->same ? "0x2330" : "0x2684"},
            {"list:/proc/driver/nvidia/gpus", GM_KEY_OK,
             "0000:01:00.0\n0000:02:00.0\n0000:03:00.0\n"},
            INFO("0000:01:00.0", "GPU-aa000000"),
            INFO("0000:02:00.0", "GPU-bb1"),
            INFO("0000:03:00.0", "GPU-bb2"),
            {"env:CUDA_VISIBLE_DEVICES", GM_KEY_OK, v->value},
            {"env:CUDA_DEVICE_ORDER", v->order ? GM_KEY_OK : GM_KEY_ABSENT, v->order},
            END};
        struct seen seen = look(rows);
        for (unsigned k = 0; k < 3; k++) {
            const gm_device *device = &seen.machine.devices.items[k];
            if (device->hidden != !(v->mask >> k & 1))
                fail_msg("row %zu (\"%s\"), device %u", i, v->value, k);
            if (device->hidden)
                assert_string_equal(device->hidden_by, "CUDA_VISIBLE_DEVICES");
        }
        assert_int_equal(seen.machine.order_unknown, v->unknown);
        assert_string_equal(seen.machine.settings.items[0].value, v->value);
        gm_arena_free(seen.arena);
    }
}

/* ROCr counts by the compute driver's nodes, HIP what ROCr leaves. */
static void test_amd_variables(void **state)
{
    static const struct {
        const char *rocr, *hip, *cuda;
        unsigned mask;
    } table[] = {{"0", NULL, NULL, 2},  {NULL, "0", NULL, 2},
                 {"0,1", "1", NULL, 1}, {"1", "0", NULL, 1},
                 {"1", "1", NULL, 0},   {NULL, NULL, "1", 1},
                 {NULL, "0,1", "1", 3}, {NULL, NULL, "-1", 0},
                 {NULL, NULL, NULL, 3}, {"GPU-00000000000000ab", NULL, NULL, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const gm_key_row rows[] = {
            LINUX,
            {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:03:00.0\n0000:83:00.0\n"},
            DEVICE("0000:03:00.0", "0x1002", "0x744c", "0x030000"),
            DEVICE("0000:83:00.0", "0x1002", "0x744c", "0x030000"),
            {"list:/sys/class/kfd/kfd/topology/nodes", GM_KEY_OK, "0\n1\n2\n"},
            NODE("1", "gfx_target_version 110000\nlocation_id 33536\n"),
            NODE("2", "gfx_target_version 110000\nlocation_id 768\nunique_id 171\n"),
            {"env:ROCR_VISIBLE_DEVICES", table[i].rocr ? GM_KEY_OK : GM_KEY_ABSENT, table[i].rocr},
            {"env:HIP_VISIBLE_DEVICES", table[i].hip ? GM_KEY_OK : GM_KEY_ABSENT, table[i].hip},
            {"env:CUDA_VISIBLE_DEVICES", table[i].cuda ? GM_KEY_OK : GM_KEY_ABSENT, table[i].cuda},
            END};
        struct seen seen = look(rows);
        for (unsigned k = 0; k < 2; k++)
            if (seen.machine.devices.items[k].hidden != !(table[i].mask >> k & 1))
                fail_msg("row %zu, device %u", i, k);
        gm_arena_free(seen.arena);
    }
}

static void test_override(void **state)
{
    static const gm_key_row rows[] = {LINUX,
                                      {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:03:00.0\n"},
                                      DEVICE("0000:03:00.0", "0x1002", "0x73ff", "0x030000"),
                                      {"env:HSA_OVERRIDE_GFX_VERSION", GM_KEY_OK, "10.3.0"},
                                      END};
    (void)state;
    struct seen seen = look(rows);
    assert_string_equal(seen.machine.devices.items[0].targets[0].name, "gfx1030");
    assert_string_equal(seen.machine.devices.items[0].overridden_by,
                        "HSA_OVERRIDE_GFX_VERSION=10.3.0");
    gm_arena_free(seen.arena);
}

/* The compute driver's file and the one that draws; both are needed. */
static void test_amd_device_files(void **state)
{
    static const struct {
        gm_key_answer kfd, render;
        gm_access access;
        const char *path;
    } table[] = {{GM_KEY_OK, GM_KEY_OK, GM_ACCESS_OK, NULL},
                 {GM_KEY_DENIED, GM_KEY_DENIED, GM_ACCESS_DENIED, "/dev/kfd"},
                 {GM_KEY_OK, GM_KEY_DENIED, GM_ACCESS_DENIED, "/dev/dri/renderD128"},
                 {GM_KEY_ABSENT, GM_KEY_OK, GM_ACCESS_ABSENT, "/dev/kfd"}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const gm_key_row rows[] = {LINUX,
                                   {"list:/sys/bus/pci/devices", GM_KEY_OK, "0000:03:00.0\n"},
                                   DEVICE("0000:03:00.0", "0x1002", "0x744c", "0x030000"),
                                   BOUND("0000:03:00.0", "amdgpu"),
                                   {"list:" PCI "0000:03:00.0/drm", GM_KEY_OK, "card1\nrenderD128"},
                                   {"access:/dev/kfd", table[i].kfd, ""},
                                   {"access:/dev/dri/renderD128", table[i].render, ""},
                                   END};
        struct seen seen = look(rows);
        assert_int_equal(seen.machine.devices.items[0].access, table[i].access);
        assert_text(seen.machine.devices.items[0].access_path, table[i].path);
        gm_arena_free(seen.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bound_drivers),   cmocka_unit_test(test_libcuda),
        cmocka_unit_test(test_device_files),    cmocka_unit_test(test_containers),
        cmocka_unit_test(test_tegra),           cmocka_unit_test(test_cuda_visible_devices),
        cmocka_unit_test(test_amd_variables),   cmocka_unit_test(test_override),
        cmocka_unit_test(test_amd_device_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
