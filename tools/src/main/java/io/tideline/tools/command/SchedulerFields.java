package io.tideline.tools.command;

import io.tideline.api.v1.SchedulerPass;
import io.tideline.api.v1.SchedulerStatus;
import io.tideline.tools.output.Fields;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** What commands say of the store scheduler. */
final class SchedulerFields {
    private SchedulerFields() {}

    static Fields of(SchedulerStatus status) {
        return new Fields()
                .put("paused", status.getPaused())
                .put("worker", status.getWorker().isEmpty() ? null : status.getWorker())
                .put("lastPass", status.hasLastPass() ? pass(status.getLastPass()) : null);
    }

    private static Map<String, Object> pass(SchedulerPass pass) {
        com.google.protobuf.Duration took = pass.getTook();
        return new Fields()
                .put("outcome", pass.getOutcome().name().toLowerCase(Locale.ROOT))
                .put("endTime", EntryFields.instant(pass.getEndTime()))
                .put(
                        "tookMillis",
                        Duration.ofSeconds(took.getSeconds(), took.getNanos()).toMillis())
                .put("server", pass.getServer())
                .put("dueTimelines", pass.getDueTimelines())
                .put("lagDays", pass.getLagDays())
                .put("entries", pass.getEntries())
                .put("bytes", pass.getBytes())
                .put("expiredEntries", pass.getExpiredEntries())
                .put("failedTimelines", pass.getFailedTimelines())
                .asMap();
    }
}
