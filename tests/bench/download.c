/* The bare download that a tail is compared with: libcurl, one connection, the same
 * pages, the bytes thrown away. download URL PAGES */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

static size_t drop(char *bytes, size_t size, size_t count, void *ctx)
{
    (void)bytes;
    *(size_t *)ctx += size * count;
    return size * count;
}

int main(int argc, char **argv)
{
    size_t taken = 0;
    long pages = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    CURL *curl = curl_easy_init();
    struct curl_slist *lines =
        curl_slist_append(NULL, "X-Amz-Target: Logs_20140328.FilterLogEvents");
    lines = curl_slist_append(lines, "Content-Type: application/x-amz-json-1.1");
    if (!curl || pages <= 0)
        return 2;
    curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &taken);
    for (long page = 0; page < pages; page++) {
        char body[64];
        snprintf(body, sizeof body, "{\"nextToken\":\"%ld\"}", page);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        if (curl_easy_perform(curl) != CURLE_OK)
            return 1;
    }
    printf("%zu\n", taken);
    curl_easy_cleanup(curl);
    curl_slist_free_all(lines);
    return 0;
}
