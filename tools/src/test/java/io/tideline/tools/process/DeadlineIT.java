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
import io.tideline.hbase.store.RegionChanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Calls with little time on a region server that stands still. */
final class DeadlineIT {
    private static final TimelineName ROOM = Timelines.conversation("deadline");
    private static final int CALLS = 20;
    private static final Duration SHORT = Duration.ofMillis(50);

    private final SharedCluster shared = SharedCluster.get();

    @Test
    void append_onASuspendedRegionServer_failsInTimeAndIsStoredOnce() throws Exception {
        try (ServeProcess server = shared.serve();
                TidelineClient patient = server.client();
                TidelineClient hasty = TidelineClient.connect(
                        server.patient().withCallTimeout(SHORT).withRetryFor(Duration.ZERO));
                RegionChanges changes = new RegionChanges(shared.configuration())) {
            Timelines.append(patient, ROOM, "first");
            int regionServer = shared.regionServerOf(changes, TimelineId.conversation(ROOM.getApp(), ROOM.getId()));

            shared.cluster().suspendRegionServer(regionServer);
            long begin = System.nanoTime();
            try {
                List<CompletableFuture<List<Receipt>>> calls = IntStream.range(0, CALLS)
                        .mapToObj(i -> hasty.append(ROOM, List.of(Timelines.message("ann", "m" + i))))
                        .toList();
                for (CompletableFuture<List<Receipt>> call : calls) {
                    assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                            .isInstanceOf(ExecutionException.class)
                            .cause()
                            .isInstanceOfSatisfying(TidelineCallException.class, failure -> assertThat(failure.code())
                                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
                }
            } finally {
                shared.cluster().resumeRegionServer(regionServer);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin);

            assertThat(took).isLessThan(Duration.ofSeconds(2));
            assertStoredOnce(patient);
        }
    }

    private static void assertStoredOnce(TidelineClient client) throws Exception {
        List<String> expected = new ArrayList<>(List.of("first"));
        for (int i = 0; i < CALLS; i++) {
            expected.add("m" + i);
            Receipt receipt = Timelines.append(client, ROOM, "m" + i);
            assertThat(receipt.getClientMessageId()).isEqualTo("m" + i);
        }
        List<Entry> entries = Timelines.readAll(client, ROOM);
        assertThat(entries).extracting(Entry::getClientMessageId).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(entries)
                .extracting(Entry::getSeq)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, CALLS + 1)
                        .mapToObj(i -> (long) i)
                        .toList());
    }
}
