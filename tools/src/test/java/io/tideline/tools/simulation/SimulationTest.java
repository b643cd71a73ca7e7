package io.tideline.tools.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.tools.CliFixture;
import io.tideline.tools.CliFixture.Run;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo log with some devices, every day; a seed that fails is its own reproduction, as far as threads let it be. */
final class SimulationTest {
    private static final String DEMO = "../docs/demo/ubuntu.jsonl.gz";

    private final CliFixture cli = new CliFixture(InstantSource.system(), Duration.ofDays(7));

    @AfterEach
    void stop() {
        cli.close();
    }

    @ParameterizedTest
    @CsvSource({
        "50, 1500, 1, --policy read",
        "50, 400, 2, --policy write",
        "50, 400, 3, --policy read --switch",
        "50, 400, 4, --policy write --switch --history-visible",
        "50, 600, 5, --policy read --switch --groups 6"
    })
    void devices_haveWhatTheirUsersAreEntitledTo(int devices, int events, long seed, String more) {
        List<String> args = new ArrayList<>(List.of("simulate", DEMO, "-o", "json", "--rounds", "4", "--threads", "8"));
        args.addAll(List.of("--devices", "" + devices, "--max-events", "" + events, "--seed", "" + seed));
        args.addAll(List.of(more.split(" ")));

        Run run = cli.run(args.toArray(String[]::new));

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("\"violations\" : 0", "\"messages sent\"", "\"unread counts compared\"");
    }
}
