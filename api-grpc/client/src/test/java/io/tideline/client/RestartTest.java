package io.tideline.client;

import static io.tideline.client.ClientFixture.TIMELINE;
import static io.tideline.client.ClientFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.v1.AppendStreamRequest;
import io.tideline.client.ScriptedServer.StreamCall;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** With the real timer: a server that goes away and comes back is a pause. */
class RestartTest {
    @Test
    void append_serverRestarts_isAPause() throws Exception {
        try (ScriptedServer server = new ScriptedServer();
                TidelineClient client = TidelineClient.connect(TidelineClientConfig.of(server.target()))) {
            client.append(TIMELINE, List.of(entry("a"))).get(10, TimeUnit.SECONDS);
            server.stop();
            var duringRestart = client.append(TIMELINE, List.of(entry("b")));
            server.startAgain();

            assertThat(duringRestart.get(20, TimeUnit.SECONDS)).hasSize(1);
        }
    }

    @Test
    void appendStream_serverRestarts_resendsInOrder() throws Exception {
        try (ScriptedServer server = new ScriptedServer();
                TidelineClient client = TidelineClient.connect(TidelineClientConfig.of(server.target()))) {
            AppendStream stream = client.openAppendStream();
            var first = stream.append(TIMELINE, entry("a"));
            var second = stream.append(TIMELINE, entry("b"));
            StreamCall before = server.streams.poll(10, TimeUnit.SECONDS);
            before.awaitId();
            server.stop();
            server.startAgain();
            StreamCall after = server.streams.poll(20, TimeUnit.SECONDS);

            assertThat(List.of(after.awaitId(), after.awaitId())).containsExactly("a", "b");
            after.acknowledge(0, "a", 1);
            after.acknowledge(1, "b", 2);
            assertThat(first.get(10, TimeUnit.SECONDS).getSeq()).isEqualTo(1);
            assertThat(second.get(10, TimeUnit.SECONDS).getSeq()).isEqualTo(2);
            assertThat(after.requests).extracting(AppendStreamRequest::getEntry).isEmpty();
        }
    }
}
