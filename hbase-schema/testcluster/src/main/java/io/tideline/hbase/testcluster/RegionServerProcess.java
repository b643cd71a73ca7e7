package io.tideline.hbase.testcluster;

import java.util.List;

/**
 * A region server of the test cluster.
 *
 * @param index counts from 0 in order of start and is never used twice, not even after a kill
 * @param pid the operating system's process id
 * @param host the host name it is registered with, always {@code localhost}
 * @param port its RPC port
 */
public record RegionServerProcess(int index, long pid, String host, int port) {

    /** The form of the line protocol: {@code index,pid,host:port}. */
    String toProtocol() {
        return index + "," + pid + "," + host + ":" + port;
    }

    static RegionServerProcess fromProtocol(String text) {
        List<String> parts = List.of(text.split("[,:]", -1));
        if (parts.size() != 4) {
            throw new IllegalArgumentException("region server: " + text + " (expected: index,pid,host:port)");
        }
        return new RegionServerProcess(
                Integer.parseInt(parts.get(0)),
                Long.parseLong(parts.get(1)),
                parts.get(2),
                Integer.parseInt(parts.get(3)));
    }
}
