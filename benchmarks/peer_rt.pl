# Make users of Request Tracker by its own API: an address a line on the standard input, RT_SITE_CONFIG names the site.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT;

RT::LoadConfig();
RT::Init();
while (my $mail = <STDIN>) {
    chomp $mail;
    my ($id, $message) = RT::User->new(RT->SystemUser)->Create(Name => $mail, EmailAddress => $mail, Privileged => 0);
    die "$message\n" unless $id;
}
