#include "tests/unit/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_MOST ((size_t)1 << 20)
#define REPLY_MOST ((size_t)64 << 20)

void loopback_open(struct loopback *server, loopback_answer answer, void *ctx)
{
    *server = (struct loopback){.answer = answer, .ctx = ctx};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    server->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(server->fd, 64) != 0 || getsockname(server->fd, (struct sockaddr *)&at, &len) != 0)
        die("loopback: %s", strerror(errno));
    (void)fcntl(server->fd, F_SETFL, O_NONBLOCK);
    server->port = ntohs(at.sin_port);
}

static void end_connection(struct loopback_connection *connection)
{
    if (connection->then == LOOPBACK_RESET) {
        struct linger now = {.l_onoff = 1, .l_linger = 0};
        (void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    close(connection->fd);
    buf_release(&connection->in);
    buf_release(&connection->out);
    *connection = (struct loopback_connection){0};
}

void loopback_close(struct loopback *server)
{
    for (size_t i = 0; i < LOOPBACK_CONNECTIONS; i++) {
        if (server->connections[i].fd)
            end_connection(&server->connections[i]);
    }
    close(server->fd);
}

static void accept_one(struct loopback *server)
{
    struct loopback_connection *connection = server->connections;
    while (connection < server->connections + LOOPBACK_CONNECTIONS && connection->fd)
        connection++;
    if (connection == server->connections + LOOPBACK_CONNECTIONS)
        return;
    int fd = accept(server->fd, NULL, NULL);
    if (fd < 0)
        return;
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    server->accepted++;
    connection->fd = fd;
    buf_init(&connection->in, REQUEST_MOST);
    buf_init(&connection->out, REPLY_MOST);
}

/* How long the request at the front is; 0: it is not whole yet. */
static size_t request_len(struct str bytes)
{
    size_t head = str_find(bytes, STR("\r\n\r\n"));
    if (head == SIZE_MAX)
        return 0;
    uint64_t body = 0;
    size_t at = str_find(str_first(bytes, head), STR("Content-Length: "));
    if (at != SIZE_MAX) {
        struct str rest = str_from(bytes, at + 16);
        (void)str_to_u64(str_trim(str_take_line(&rest)), REQUEST_MOST, &body);
    }
    return bytes.len >= head + 4 + body ? head + 4 + (size_t)body : 0;
}

/* false: the other side is gone. */
static bool read_more(struct loopback *server, struct loopback_connection *connection)
{
    char bytes[16384];
    ssize_t got = recv(connection->fd, bytes, sizeof bytes, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
        return false;
    if (got > 0)
        buf_add(&connection->in, (struct str){bytes, (size_t)got});
    size_t len = request_len(buf_str(&connection->in));
    if (len == 0 || connection->sent < connection->out.len)
        return true;
    server->requests++;
    struct loopback_reply reply = server->answer(server->ctx, str_first(buf_str(&connection->in), len));
    buf_clear(&connection->in);
    buf_clear(&connection->out);
    connection->sent = 0;
    buf_add(&connection->out, reply.bytes);
    connection->then = reply.then;
    return true;
}

static bool write_more(struct loopback_connection *connection)
{
    size_t left = connection->out.len - connection->sent;
    if (left > 0) {
        ssize_t put = send(connection->fd, connection->out.at + connection->sent, left, MSG_NOSIGNAL);
        if (put < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK;
        connection->sent += (size_t)put;
    }
    return connection->sent < connection->out.len || connection->then == LOOPBACK_KEEP;
}

void loopback_step(struct loopback *server)
{
    accept_one(server);
    for (size_t i = 0; i < LOOPBACK_CONNECTIONS; i++) {
        struct loopback_connection *connection = &server->connections[i];
        if (connection->fd && !(read_more(server, connection) && write_more(connection)))
            end_connection(connection);
    }
}
