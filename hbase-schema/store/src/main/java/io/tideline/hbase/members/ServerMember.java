package io.tideline.hbase.members;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * A running server.
 *
 * @param id one start of a process
 * @param host name or address, an IPv6 one without brackets; 1 to 255 characters
 * @param port 1 to 65535
 */
public record ServerMember(String id, String host, int port) {
    private static final int MAX_HOST = 255;

    public ServerMember {
        if (id.isBlank() || id.indexOf('/') >= 0) {
            throw new IllegalArgumentException("id: " + id + " (expected: a name without slashes)");
        }
        if (host.isBlank() || host.length() > MAX_HOST) {
            throw new IllegalArgumentException("host: " + host + " (expected: 1.." + MAX_HOST + " characters)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
        }
    }

    /** With an id of its own. */
    public static ServerMember at(String host, int port) {
        return new ServerMember(UUID.randomUUID().toString(), host, port);
    }

    byte[] address() {
        return (host + ":" + port).getBytes(StandardCharsets.UTF_8);
    }

    /** Empty when the bytes are no address. */
    static Optional<ServerMember> of(String id, byte[] address) {
        String text = new String(address, StandardCharsets.UTF_8);
        int colon = text.lastIndexOf(':');
        try {
            return Optional.of(new ServerMember(
                    id, text.substring(0, Math.max(colon, 0)), Integer.parseInt(text.substring(colon + 1))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
