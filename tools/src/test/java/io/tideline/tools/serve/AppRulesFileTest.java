package io.tideline.tools.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tideline.api.server.AppRules;
import io.tideline.api.server.MessagingConfig;
import io.tideline.core.conversation.Role;
import io.tideline.core.timeline.AppId;
import io.tideline.store.message.SendRates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AppRulesFileTest {
    @TempDir
    private Path directory;

    private MessagingConfig read(String... lines) throws IOException {
        return AppRulesFile.read(Files.write(directory.resolve("apps"), java.util.List.of(lines)));
    }

    @Test
    void read_emptyFile_isTheDefaults() throws Exception {
        assertThat(read("# nothing")).isEqualTo(MessagingConfig.DEFAULT);
    }

    @Test
    void read_settingsOfOneApp_standOnThoseOfAll() throws Exception {
        MessagingConfig config =
                read("auto-threshold = 100", "shop/recall-window=10m", "shop/invites = owner", "shop/open-groups=true");

        AppRules shop = config.of(new AppId("shop"));
        AppRules other = config.of(new AppId("other"));
        assertThat(shop.conversations().autoThreshold()).isEqualTo(100);
        assertThat(shop.conversations().invites()).isEqualTo(Role.OWNER);
        assertThat(shop.conversations().openGroups()).isTrue();
        assertThat(shop.messages().recallWindow()).isEqualTo(Duration.ofMinutes(10));
        assertThat(other.conversations().autoThreshold()).isEqualTo(100);
        assertThat(other.messages()).isEqualTo(AppRules.DEFAULT.messages());
    }

    @Test
    void read_sendRates_areThoseOfTheApp() throws Exception {
        MessagingConfig config = read("shop/user-sends-per-minute = 60", "shop/conversation-sends-per-minute = 600");

        assertThat(config.of(new AppId("shop")).messages().rates()).isEqualTo(new SendRates(60, 600));
        assertThat(config.of(new AppId("other")).messages().rates()).isEqualTo(SendRates.UNLIMITED);
        assertThatThrownBy(() -> read("user-sends-per-minute = -1")).hasMessageContaining("sends a minute: -1");
    }

    @Test
    void read_inboxTimeToLive_isThatOfTheApp() throws Exception {
        MessagingConfig config = read("inbox-ttl = 20d", "shop/inbox-ttl = 7d");

        assertThat(config.of(new AppId("shop")).inboxTimeToLive()).contains(Duration.ofDays(7));
        assertThat(config.of(new AppId("other")).inboxTimeToLive()).contains(Duration.ofDays(20));
        assertThatThrownBy(() -> read("shop/inbox-ttl = 1s")).hasMessageContaining("apps: inboxTtl: PT1S");
    }

    /** Each setting by itself changes what it is named after, and nothing else. */
    @ParameterizedTest
    @CsvSource({
        "auto-threshold, 7, autoThreshold=500, autoThreshold=7",
        "max-members, 7, maxMembers=1000000, maxMembers=7",
        "invites, owner, invites=MODERATOR, invites=OWNER",
        "open-groups, true, openGroups=false, openGroups=true",
        "recall-window, 7m, recallWindow=PT2M, recallWindow=PT7M",
        "recalls-any, owner, recallsAny=MODERATOR, recallsAny=OWNER",
        "edit-window, 7m, editWindow=PT15M, editWindow=PT7M",
        "deletes-own, false, deletesOwn=true, deletesOwn=false",
        "deletes-any, owner, deletesAny=MODERATOR, deletesAny=OWNER",
        "max-reactions, 7, maxReactions=1000, maxReactions=7",
        "max-reactions-per-user, 7, maxReactionsPerUser=20, maxReactionsPerUser=7",
        "sends-personal, member, sendsPersonal=MODERATOR, sendsPersonal=MEMBER",
        "inbox-ttl, 7d, inboxTimeToLive=Optional.empty, inboxTimeToLive=Optional[PT168H]"
    })
    void read_oneSetting_changesItAlone(String setting, String value, String before, String after) throws Exception {
        String defaults = AppRules.DEFAULT.toString();
        assertThat(defaults).containsOnlyOnce(before);
        String changed = defaults.replace(before, after);

        MessagingConfig ofAll = read(setting + " = " + value);
        MessagingConfig ofOne = read("shop/" + setting + " = " + value);

        assertThat(ofAll.of(new AppId("other"))).hasToString(changed);
        assertThat(ofOne.of(new AppId("shop"))).hasToString(changed);
        assertThat(ofOne.of(new AppId("other"))).isEqualTo(AppRules.DEFAULT);
    }

    @Test
    void read_wrongSettings_areNamed() {
        assertThatThrownBy(() -> read("auto-treshold = 1")).hasMessageContaining("apps: auto-treshold: not known");
        assertThatThrownBy(() -> read("shop/edit-window = soon"))
                .hasMessageContaining("apps: shop/edit-window: 'soon'");
        assertThatThrownBy(() -> read("auto-threshold = 0")).hasMessageContaining("apps: autoThreshold: 0");
        assertThatThrownBy(() -> read("deletes-own = maybe")).hasMessageContaining("apps: deletes-own: 'maybe'");
        assertThatThrownBy(() -> AppRulesFile.read(directory.resolve("none"))).hasMessageContaining("cannot be read");
    }
}
