package io.tideline.tools.chatlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class GroupLogTest {
    private final GroupLog log = new GroupLog(Set.of("message"));

    private List<String> steps(String... kindNickTextTo) {
        List<String> steps = new ArrayList<>();
        for (String line : kindNickTextTo) {
            String[] fields = line.split(",", -1);
            ChatEvent event = new ChatEvent(1, "", "#c", fields[0], fields[1], fields[2], fields[3]);
            log.next(event).forEach(step -> steps.add(shown(step)));
        }
        return steps;
    }

    private static String shown(GroupStep step) {
        if (step instanceof GroupStep.Join join) {
            return "+" + join.user();
        }
        return step instanceof GroupStep.Leave leave
                ? "-" + leave.user()
                : ((GroupStep.Say) step).user() + ">" + ((GroupStep.Say) step).to();
    }

    @Test
    void speaker_whoHasNotJoined_isAddedFirst() {
        assertThat(steps("message,ann,hi,", "message,ann,again,")).containsExactly("+ann", "ann>", "ann>");
    }

    @Test
    void joinTwiceAndLeaveOfStranger_areNothing() {
        assertThat(steps("join,ann,,", "join,ann,,", "leave,bob,,", "leave,ann,,", "leave,ann,,"))
                .containsExactly("+ann", "-ann");
    }

    @Test
    void nick_isOneWhoLeavesAndAnotherWhoJoins() {
        assertThat(steps("join,ann,,", "nick,ann,ann_away,", "nick,nobody,somebody,"))
                .containsExactly("+ann", "-ann", "+ann_away", "+somebody");
        assertThat(log.members()).containsExactlyInAnyOrder("ann_away", "somebody");
    }

    @Test
    void addressee_isOneOnlyWhileAMemberAndAnother() {
        assertThat(steps("join,ann,,", "message,bob,hi,ann", "message,bob,hi,bob", "leave,ann,,", "message,bob,hi,ann"))
                .containsExactly("+ann", "+bob", "bob>ann", "bob>", "-ann", "bob>");
    }

    @Test
    void otherKindsAndNobody_areNothing() {
        assertThat(steps("action,ann,waves,", "message,,hi,")).isEmpty();
    }
}
