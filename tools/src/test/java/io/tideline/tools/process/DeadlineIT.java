package io.tideline.tools.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Receipt;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.TidelineCallException;
import io.tideline.client.TidelineClient;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.store.DiagnosedOnFailure;
import io.tideline.hbase.store.RegionChanges;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.hadoop.hbase.ServerName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls with little time on a region server that stands still. */
@ExtendWith(DiagnosedOnFailure.class)
final class DeadlineIT {
    private static final int CALLS = 20;
    private static final Duration SHORT = Duration.ofMillis(50);

    private final SharedCluster shared = SharedCluster.get();

    @Test
    void append_onASuspendedRegionServer_failsInTimeAndIsStoredOnce() throws Exception {
        try (ServeProcess server = shared.serve();
                TidelineClient client = server.client();
                RegionChanges changes = new RegionChanges(shared.configuration())) {
            TimelineName room = Timelines.conversation("paused");
            int regionServer = regionServerOf(changes, client, room);

            shared.cluster().suspendRegionServer(regionServer);
            try {
                assertAppendsFailInTime(server, room);
            } finally {
                shared.cluster().resumeRegionServer(regionServer);
            }

            assertStoredOnce(client, room, List.of("first"));
        }
    }

    @Test
    void append_onARegionServerThatComesBackTooLate_isStoredOnce() throws Exception {
        try (ServeProcess server = shared.serve();
                TidelineClient client = server.client();
                RegionChanges changes = new RegionChanges(shared.configuration())) {
            TimelineName room = Timelines.conversation("fenced");
            int regionServer = regionServerOf(changes, client, room);
            // The worst case: whoever looks for the region's new place asks the server that stands still, too.
            moveMetaTo(changes.serverOf(TimelineId.conversation(room.getApp(), room.getId())));

            shared.cluster().suspendRegionServer(regionServer);
            try {
                assertAppendsFailInTime(server, room);
                // Answered by another region server, after the session of this one is over.
                long begin = System.nanoTime();
                Timelines.append(client, room, "meanwhile");
                Duration pause = Duration.ofNanos(System.nanoTime() - begin);
                System.err.printf("first append after %d ms%n", pause.toMillis());
                assertThat(pause).isLessThan(Duration.ofSeconds(45));
            } finally {
                shared.cluster().resumeRegionServer(regionServer);
                shared.cluster().startRegionServer();
            }

            assertStoredOnce(client, room, List.of("first", "meanwhile"));
        }
    }

    private void moveMetaTo(ServerName server) throws IOException {
        try (Connection connection = ConnectionFactory.createConnection(shared.configuration());
                Admin admin = connection.getAdmin()) {
            admin.move(RegionInfoBuilder.FIRST_META_REGIONINFO.getEncodedNameAsBytes(), server);
        }
    }

    private int regionServerOf(RegionChanges changes, TidelineClient client, TimelineName room) throws Exception {
        assertThat(Timelines.append(client, room, "first").getSeq()).isEqualTo(1);
        return shared.regionServerOf(changes, TimelineId.conversation(room.getApp(), room.getId()));
    }

    private static void assertAppendsFailInTime(ServeProcess server, TimelineName room) {
        try (TidelineClient hasty =
                TidelineClient.connect(server.patient().withCallTimeout(SHORT).withRetryFor(Duration.ZERO))) {
            long begin = System.nanoTime();
            List<CompletableFuture<List<Receipt>>> calls = IntStream.range(0, CALLS)
                    .mapToObj(i -> hasty.append(room, List.of(Timelines.message("ann", "m" + i))))
                    .toList();
            for (CompletableFuture<List<Receipt>> call : calls) {
                assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOfSatisfying(TidelineCallException.class, failure -> assertThat(failure.code())
                                .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            System.err.printf("calls with %d ms ended after %d ms%n", SHORT.toMillis(), took.toMillis());
            assertThat(took).isLessThan(Duration.ofSeconds(2));
        }
    }

    /** Whether or not the region server has done them: with the same ids, each of them is there once in the end. */
    private static void assertStoredOnce(TidelineClient client, TimelineName room, List<String> others)
            throws Exception {
        List<String> expected = new ArrayList<>(others);
        int repeated = 0;
        for (int i = 0; i < CALLS; i++) {
            expected.add("m" + i);
            repeated += Timelines.append(client, room, "m" + i).getRepeated() ? 1 : 0;
        }
        System.err.printf("%d of %d had been stored in spite of their deadline%n", repeated, CALLS);
        List<Entry> entries = Timelines.readAll(client, room);
        assertThat(entries).extracting(Entry::getClientMessageId).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(entries)
                .extracting(Entry::getSeq)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, expected.size()).boxed().toList());
    }
}
