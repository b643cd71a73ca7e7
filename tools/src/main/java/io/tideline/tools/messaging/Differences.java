package io.tideline.tools.messaging;

import io.tideline.api.v1.Recount;
import io.tideline.tools.output.Fields;
import java.io.PrintWriter;
import java.util.List;

/** What a recount found. */
final class Differences {
    private Differences() {}

    static Fields of(Recount difference) {
        return new Fields()
                .put("differenceIn", difference.getConversationId())
                .put("computed", difference.getComputed())
                .put("recounted", difference.getRecounted());
    }

    /** One line for each, or one that says that there is none. */
    static void tell(List<Recount> differences, PrintWriter err) {
        for (Recount difference : differences) {
            err.println("tideline: " + difference.getConversationId() + ": unread " + difference.getComputed()
                    + ", recounted " + difference.getRecounted());
        }
        if (differences.isEmpty()) {
            err.println("tideline: recounted, no difference");
        }
        err.flush();
    }
}
