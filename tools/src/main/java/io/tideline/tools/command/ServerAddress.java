package io.tideline.tools.command;

/**
 * Where a server listens.
 *
 * @param host a name or an address; an IPv6 address without brackets
 * @param port 1 to 65,535
 */
public record ServerAddress(String host, int port) {
    public ServerAddress {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("server: empty host (expected: host:port)");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("server: port " + port + " (expected: 1..65535)");
        }
    }

    /** Reads {@code host:port} or {@code [ipv6]:port}. @throws IllegalArgumentException when it is neither */
    public static ServerAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || colon == text.length() - 1) {
            throw unreadable(text);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw unreadable(text);
        }
        try {
            return new ServerAddress(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException notNumber) {
            throw unreadable(text);
        }
    }

    private static IllegalArgumentException unreadable(String text) {
        return new IllegalArgumentException("server: '" + text + "' (expected: host:port or [ipv6]:port)");
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
