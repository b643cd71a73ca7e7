package io.tideline.sync.peer;

/**
 * Another server.
 *
 * @param id one start of a server process: whoever starts again is another peer
 * @param host name or address under which the other servers reach it
 * @param port 1 to 65535
 */
public record Peer(String id, String host, int port) {
    public Peer {
        if (id.isBlank()) {
            throw new IllegalArgumentException("id: blank (expected: the name of a server)");
        }
        if (host.isBlank()) {
            throw new IllegalArgumentException("host: blank (expected: a name or address)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
        }
    }
}
