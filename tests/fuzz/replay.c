/* Runs a fuzz target over its checked-in corpus, with any compiler: each file as it stands,
 * and each front of it, as a page cut short would end. Other files may be named instead. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <string.h>

#define INPUT_MOST 65536
#define FRONTS_MOST 256 /* fronts of a file that are run, spread over its length */

/* Exactly `len` bytes, so that a sanitizer sees a read behind them. */
static void run_exact(const unsigned char *bytes, size_t len)
{
    unsigned char *exact = malloc(len ? len : 1);
    if (exact == NULL)
        exit(99);
    memcpy(exact, bytes, len);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

static void run_file(const char *path)
{
    static unsigned char bytes[INPUT_MOST];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(99);
    }
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    printf("%s\n", path); /* a crash names its input: it is the last line */
    fflush(stdout);
    run_exact(bytes, len);
    size_t step = len / FRONTS_MOST + 1;
    for (size_t front = 0; front < len; front += step)
        run_exact(bytes, front);
}

static int run_directory(const char *path)
{
    int files = 0;
    DIR *directory = opendir(path);
    if (directory == NULL) {
        perror(path);
        exit(99);
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char name[2048];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        run_file(name);
        files++;
    }
    closedir(directory);
    return files;
}

int main(int argc, char **argv)
{
    char corpus[1024];
    const char *source = getenv("SRCDIR");
    for (int i = 1; i < argc; i++)
        run_file(argv[i]);
    if (argc > 1)
        return 0;
    snprintf(corpus, sizeof corpus, "%s/tests/fuzz/corpus/%s", source ? source : ".", FUZZ_NAME);
    int files = run_directory(corpus);
    printf("%d inputs\n", files);
    return files > 0 ? 0 : 1;
}
