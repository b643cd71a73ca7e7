package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.ServerInfoResponse;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.AppendStream;
import io.tideline.client.TidelineClient;
import io.tideline.hbase.embedded.EmbeddedHBaseMain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches over the death of their server, and of appends that came in through another one. */
final class WatchIT {
    private static final int MESSAGES = 3_000;

    /** What a watch promises for appends through another process. */
    private static final Duration ELSEWHERE = Duration.ofSeconds(2);

    @TempDir
    private Path data;

    @Test
    void watch_whileItsServerIsKilled_seesEachEntryOnce() throws Exception {
        TimelineName timeline = Timelines.conversation("killed");
        ServeProcess server = ServeProcess.embedded(0, data);
        try (TidelineClient watching = server.client();
                TidelineClient appending = server.client();
                SeenEntries seen = new SeenEntries(watching, timeline);
                AppendStream stream = appending.openAppendStream(64)) {
            CompletableFuture<?>[] receipts = new CompletableFuture<?>[MESSAGES];
            for (int i = 0; i < MESSAGES; i++) {
                if (i == MESSAGES / 2) {
                    seen.await(MESSAGES / 4, 60);
                    server.jvm().kill();
                    server = ServeProcess.embedded(server.port(), data);
                }
                stream.awaitReady();
                receipts[i] = stream.append(timeline, Timelines.message("ann", "m" + i));
            }
            CompletableFuture.allOf(receipts).get(120, TimeUnit.SECONDS);

            seen.await(MESSAGES, 60);
            assertThat(seen.last()).isEqualTo(MESSAGES);
            assertThat(seen.reconnects()).isPositive();
        } finally {
            server.close();
        }
    }

    @Test
    void watch_appendsThroughAnotherServer_areSeenInTime() throws Exception {
        TimelineName timeline = Timelines.conversation("elsewhere");
        try (ChildJvm hbase = ChildJvm.start(EmbeddedHBaseMain.class.getName(), List.of("--dir", data.toString()))) {
            String quorum = hbase.firstLine(120).substring("READY zookeeper=".length());
            try (ServeProcess one = ServeProcess.start(0, "--hbase-quorum", quorum);
                    ServeProcess other = ServeProcess.start(0, "--hbase-quorum", quorum);
                    TidelineClient watching = one.client();
                    TidelineClient appending = other.client();
                    SeenEntries seen = new SeenEntries(watching, timeline)) {
                long[] nanos = new long[20];
                for (int i = 1; i <= nanos.length; i++) {
                    CompletableFuture<Long> arrival = seen.seen(i);
                    Receipt receipt = Timelines.append(appending, timeline, "m" + i);
                    long acknowledged = System.nanoTime();
                    assertThat(receipt.getSeq()).isEqualTo(i);
                    nanos[i - 1] = arrival.get(30, TimeUnit.SECONDS) - acknowledged;
                }

                Arrays.sort(nanos);
                long worstNanos = nanos[nanos.length - 1];
                System.err.printf(
                        "seen through another server after %.1f ms in the middle, %.1f ms at worst%n",
                        nanos[nanos.length / 2] / 1e6, worstNanos / 1e6);
                // The servers have met in HBase's ZooKeeper: a poll alone would do for the time limit.
                assertThat(metric(watching, "watch.hinted.count")).isPositive();
                assertThat(Duration.ofNanos(worstNanos)).isLessThan(ELSEWHERE);
            }
        }
    }

    private static double metric(TidelineClient client, String name) throws Exception {
        ServerInfoResponse info = client.operator().serverInfo().get(30, TimeUnit.SECONDS);
        return info.getMetricsOrThrow(name);
    }
}
