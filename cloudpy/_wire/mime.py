"""The file extension of a MIME type: the first one in mime-db, which the Node package uses.

A test compares the table with the installed mime-db. Written ``subtype:extension``, or once when both are the same.
"""

from __future__ import annotations

_TABLE = {
    "application": """
        andrew-inset:ez applixware:aw atom+xml:atom atomcat+xml:atomcat atomdeleted+xml:atomdeleted atomsvc+xml:atomsvc
        atsc-dwd+xml:dwd atsc-held+xml:held atsc-rsat+xml:rsat bdoc calendar+xml:xcs ccxml+xml:ccxml cdfx+xml:cdfx
        cdmi-capability:cdmia cdmi-container:cdmic cdmi-domain:cdmid cdmi-object:cdmio cdmi-queue:cdmiq cpl+xml:cpl
        cu-seeme:cu dash+xml:mpd dash-patch+xml:mpp davmount+xml:davmount docbook+xml:dbk dssc+der:dssc dssc+xml:xdssc
        ecmascript:es emma+xml:emma emotionml+xml:emotionml epub+zip:epub exi express:exp fdt+xml:fdt font-tdpfr:pfr
        geo+json:geojson gml+xml:gml gpx+xml:gpx gxf gzip:gz hjson hyperstudio:stk inkml+xml:ink ipfix its+xml:its
        java-archive:jar java-serialized-object:ser java-vm:class javascript:js json json5 jsonml+json:jsonml
        ld+json:jsonld lgr+xml:lgr lost+xml:lostxml mac-binhex40:hqx mac-compactpro:cpt mads+xml:mads
        manifest+json:webmanifest marc:mrc marcxml+xml:mrcx mathematica:ma mathml+xml:mathml mbox
        media-policy-dataset+xml:mpf mediaservercontrol+xml:mscml metalink+xml:metalink metalink4+xml:meta4
        mets+xml:mets mmt-aei+xml:maei mmt-usd+xml:musd mods+xml:mods mp21:m21 mp4:mp4s msword:doc mxf n-quads:nq
        n-triples:nt node:cjs octet-stream:bin oda oebps-package+xml:opf ogg:ogx omdoc+xml:omdoc onenote:onetoc oxps
        p2p-overlay+xml:relo patch-ops-error+xml:xer pdf pgp-encrypted:pgp pgp-keys:asc pgp-signature:asc pics-rules:prf
        pkcs10:p10 pkcs7-mime:p7m pkcs7-signature:p7s pkcs8:p8 pkix-attr-cert:ac pkix-cert:cer pkix-crl:crl
        pkix-pkipath:pkipath pkixcmp:pki pls+xml:pls postscript:ai provenance+xml:provx prs.cww:cww pskc+xml:pskcxml
        raml+yaml:raml rdf+xml:rdf reginfo+xml:rif relax-ng-compact-syntax:rnc resource-lists+xml:rl
        resource-lists-diff+xml:rld rls-services+xml:rs route-apd+xml:rapd route-s-tsid+xml:sls route-usd+xml:rusd
        rpki-ghostbusters:gbr rpki-manifest:mft rpki-roa:roa rsd+xml:rsd rss+xml:rss rtf sbml+xml:sbml
        scvp-cv-request:scq scvp-cv-response:scs scvp-vp-request:spq scvp-vp-response:spp sdp senml+xml:senmlx
        sensml+xml:sensmlx set-payment-initiation:setpay set-registration-initiation:setreg shf+xml:shf sieve:siv
        smil+xml:smi sparql-query:rq sparql-results+xml:srx srgs:gram srgs+xml:grxml sru+xml:sru ssdl+xml:ssdl
        ssml+xml:ssml swid+xml:swidtag tei+xml:tei thraud+xml:tfi timestamped-data:tsd toml trig ttml+xml:ttml
        ubjson:ubj urc-ressheet+xml:rsheet urc-targetdesc+xml:td vnd.1000minds.decision-model+xml:1km
        vnd.3gpp.pic-bw-large:plb vnd.3gpp.pic-bw-small:psb vnd.3gpp.pic-bw-var:pvb vnd.3gpp2.tcap:tcap
        vnd.3m.post-it-notes:pwn vnd.accpac.simply.aso:aso vnd.accpac.simply.imp:imp vnd.acucobol:acu vnd.acucorp:atc
        vnd.adobe.air-application-installer-package+zip:air vnd.adobe.formscentral.fcdt:fcdt vnd.adobe.fxp:fxp
        vnd.adobe.xdp+xml:xdp vnd.adobe.xfdf:xfdf vnd.age:age vnd.ahead.space:ahead vnd.airzip.filesecure.azf:azf
        vnd.airzip.filesecure.azs:azs vnd.amazon.ebook:azw vnd.americandynamics.acc:acc vnd.amiga.ami:ami
        vnd.android.package-archive:apk vnd.anser-web-certificate-issue-initiation:cii
        vnd.anser-web-funds-transfer-initiation:fti vnd.antix.game-component:atx vnd.apple.installer+xml:mpkg
        vnd.apple.keynote:key vnd.apple.mpegurl:m3u8 vnd.apple.numbers:numbers vnd.apple.pages:pages
        vnd.apple.pkpass:pkpass vnd.aristanetworks.swi:swi vnd.astraea-software.iota:iota vnd.audiograph:aep
        vnd.balsamiq.bmml+xml:bmml vnd.blueice.multipass:mpm vnd.bmi:bmi vnd.businessobjects:rep vnd.chemdraw+xml:cdxml
        vnd.chipnuts.karaoke-mmd:mmd vnd.cinderella:cdy vnd.citationstyles.style+xml:csl vnd.claymore:cla
        vnd.cloanto.rp9:rp9 vnd.clonk.c4group:c4g vnd.cluetrust.cartomobile-config:c11amc
        vnd.cluetrust.cartomobile-config-pkg:c11amz vnd.commonspace:csp vnd.contact.cmsg:cdbcmsg vnd.cosmocaller:cmc
        vnd.crick.clicker:clkx vnd.crick.clicker.keyboard:clkk vnd.crick.clicker.palette:clkp
        vnd.crick.clicker.template:clkt vnd.crick.clicker.wordbank:clkw vnd.criticaltools.wbs+xml:wbs vnd.ctc-posml:pml
        vnd.cups-ppd:ppd vnd.curl.car:car vnd.curl.pcurl:pcurl vnd.dart:dart vnd.data-vision.rdz:rdz vnd.dbf:dbf
        vnd.dece.data:uvf vnd.dece.ttml+xml:uvt vnd.dece.unspecified:uvx vnd.dece.zip:uvz
        vnd.denovo.fcselayout-link:fe_launch vnd.dna:dna vnd.dolby.mlp:mlp vnd.dpgraph:dpg vnd.dreamfactory:dfac
        vnd.ds-keypoint:kpxx vnd.dvb.ait:ait vnd.dvb.service:svc vnd.dynageo:geo vnd.ecowin.chart:mag vnd.enliven:nml
        vnd.epson.esf:esf vnd.epson.msf:msf vnd.epson.quickanime:qam vnd.epson.salt:slt vnd.epson.ssf:ssf
        vnd.eszigno3+xml:es3 vnd.ezpix-album:ez2 vnd.ezpix-package:ez3 vnd.fdf:fdf vnd.fdsn.mseed:mseed
        vnd.fdsn.seed:seed vnd.flographit:gph vnd.fluxtime.clip:ftc vnd.framemaker:fm vnd.frogans.fnc:fnc
        vnd.frogans.ltf:ltf vnd.fsc.weblaunch:fsc vnd.fujitsu.oasys:oas vnd.fujitsu.oasys2:oa2 vnd.fujitsu.oasys3:oa3
        vnd.fujitsu.oasysgp:fg5 vnd.fujitsu.oasysprs:bh2 vnd.fujixerox.ddd:ddd vnd.fujixerox.docuworks:xdw
        vnd.fujixerox.docuworks.binder:xbd vnd.fuzzysheet:fzs vnd.genomatix.tuxedo:txd vnd.geogebra.file:ggb
        vnd.geogebra.tool:ggt vnd.geometry-explorer:gex vnd.geonext:gxt vnd.geoplan:g2w vnd.geospace:g3w vnd.gmx:gmx
        vnd.google-apps.document:gdoc vnd.google-apps.presentation:gslides vnd.google-apps.spreadsheet:gsheet
        vnd.google-earth.kml+xml:kml vnd.google-earth.kmz:kmz vnd.grafeq:gqf vnd.groove-account:gac vnd.groove-help:ghf
        vnd.groove-identity-message:gim vnd.groove-injector:grv vnd.groove-tool-message:gtm vnd.groove-tool-template:tpl
        vnd.groove-vcard:vcg vnd.hal+xml:hal vnd.handheld-entertainment+xml:zmm vnd.hbci:hbci vnd.hhe.lesson-player:les
        vnd.hp-hpgl:hpgl vnd.hp-hpid:hpid vnd.hp-hps:hps vnd.hp-jlyt:jlt vnd.hp-pcl:pcl vnd.hp-pclxl:pclxl
        vnd.hydrostatix.sof-data:sfd-hdstx vnd.ibm.minipay:mpy vnd.ibm.modcap:afp vnd.ibm.rights-management:irm
        vnd.ibm.secure-container:sc vnd.iccprofile:icc vnd.igloader:igl vnd.immervision-ivp:ivp vnd.immervision-ivu:ivu
        vnd.insors.igm:igm vnd.intercon.formnet:xpw vnd.intergeo:i2g vnd.intu.qbo:qbo vnd.intu.qfx:qfx
        vnd.ipunplugged.rcprofile:rcprofile vnd.irepository.package+xml:irp vnd.is-xpr:xpr vnd.isac.fcs:fcs vnd.jam:jam
        vnd.jcp.javame.midlet-rms:rms vnd.jisp:jisp vnd.joost.joda-archive:joda vnd.kahootz:ktz vnd.kde.karbon:karbon
        vnd.kde.kchart:chrt vnd.kde.kformula:kfo vnd.kde.kivio:flw vnd.kde.kontour:kon vnd.kde.kpresenter:kpr
        vnd.kde.kspread:ksp vnd.kde.kword:kwd vnd.kenameaapp:htke vnd.kidspiration:kia vnd.kinar:kne vnd.koan:skp
        vnd.kodak-descriptor:sse vnd.las.las+xml:lasxml vnd.llamagraphics.life-balance.desktop:lbd
        vnd.llamagraphics.life-balance.exchange+xml:lbe vnd.lotus-1-2-3:123 vnd.lotus-approach:apr
        vnd.lotus-freelance:pre vnd.lotus-notes:nsf vnd.lotus-organizer:org vnd.lotus-screencam:scm
        vnd.lotus-wordpro:lwp vnd.macports.portpkg:portpkg vnd.mapbox-vector-tile:mvt vnd.mcd:mcd vnd.medcalcdata:mc1
        vnd.mediastation.cdkey:cdkey vnd.mfer:mwf vnd.mfmp:mfm vnd.micrografx.flo:flo vnd.micrografx.igx:igx vnd.mif:mif
        vnd.mobius.daf:daf vnd.mobius.dis:dis vnd.mobius.mbk:mbk vnd.mobius.mqy:mqy vnd.mobius.msl:msl
        vnd.mobius.plc:plc vnd.mobius.txf:txf vnd.mophun.application:mpn vnd.mophun.certificate:mpc
        vnd.mozilla.xul+xml:xul vnd.ms-artgalry:cil vnd.ms-cab-compressed:cab vnd.ms-excel:xls
        vnd.ms-excel.addin.macroenabled.12:xlam vnd.ms-excel.sheet.binary.macroenabled.12:xlsb
        vnd.ms-excel.sheet.macroenabled.12:xlsm vnd.ms-excel.template.macroenabled.12:xltm vnd.ms-fontobject:eot
        vnd.ms-htmlhelp:chm vnd.ms-ims:ims vnd.ms-lrm:lrm vnd.ms-officetheme:thmx vnd.ms-outlook:msg
        vnd.ms-pki.seccat:cat vnd.ms-pki.stl:stl vnd.ms-powerpoint:ppt vnd.ms-powerpoint.addin.macroenabled.12:ppam
        vnd.ms-powerpoint.presentation.macroenabled.12:pptm vnd.ms-powerpoint.slide.macroenabled.12:sldm
        vnd.ms-powerpoint.slideshow.macroenabled.12:ppsm vnd.ms-powerpoint.template.macroenabled.12:potm
        vnd.ms-project:mpp vnd.ms-word.document.macroenabled.12:docm vnd.ms-word.template.macroenabled.12:dotm
        vnd.ms-works:wps vnd.ms-wpl:wpl vnd.ms-xpsdocument:xps vnd.mseq:mseq vnd.musician:mus vnd.muvee.style:msty
        vnd.mynfc:taglet vnd.neurolanguage.nlu:nlu vnd.nitf:ntf vnd.noblenet-directory:nnd vnd.noblenet-sealer:nns
        vnd.noblenet-web:nnw vnd.nokia.n-gage.ac+xml:ac vnd.nokia.n-gage.data:ngdat
        vnd.nokia.n-gage.symbian.install:n-gage vnd.nokia.radio-preset:rpst vnd.nokia.radio-presets:rpss
        vnd.novadigm.edm:edm vnd.novadigm.edx:edx vnd.novadigm.ext:ext vnd.oasis.opendocument.chart:odc
        vnd.oasis.opendocument.chart-template:otc vnd.oasis.opendocument.database:odb vnd.oasis.opendocument.formula:odf
        vnd.oasis.opendocument.formula-template:odft vnd.oasis.opendocument.graphics:odg
        vnd.oasis.opendocument.graphics-template:otg vnd.oasis.opendocument.image:odi
        vnd.oasis.opendocument.image-template:oti vnd.oasis.opendocument.presentation:odp
        vnd.oasis.opendocument.presentation-template:otp vnd.oasis.opendocument.spreadsheet:ods
        vnd.oasis.opendocument.spreadsheet-template:ots vnd.oasis.opendocument.text:odt
        vnd.oasis.opendocument.text-master:odm vnd.oasis.opendocument.text-template:ott
        vnd.oasis.opendocument.text-web:oth vnd.olpc-sugar:xo vnd.oma.dd2+xml:dd2 vnd.openblox.game+xml:obgx
        vnd.openofficeorg.extension:oxt vnd.openstreetmap.data+xml:osm
        vnd.openxmlformats-officedocument.presentationml.presentation:pptx
        vnd.openxmlformats-officedocument.presentationml.slide:sldx
        vnd.openxmlformats-officedocument.presentationml.slideshow:ppsx
        vnd.openxmlformats-officedocument.presentationml.template:potx
        vnd.openxmlformats-officedocument.spreadsheetml.sheet:xlsx
        vnd.openxmlformats-officedocument.spreadsheetml.template:xltx
        vnd.openxmlformats-officedocument.wordprocessingml.document:docx
        vnd.openxmlformats-officedocument.wordprocessingml.template:dotx vnd.osgeo.mapguide.package:mgp vnd.osgi.dp:dp
        vnd.osgi.subsystem:esa vnd.palm:pdb vnd.pawaafile:paw vnd.pg.format:str vnd.pg.osasli:ei6 vnd.picsel:efif
        vnd.pmi.widget:wg vnd.pocketlearn:plf vnd.powerbuilder6:pbd vnd.previewsystems.box:box vnd.proteus.magazine:mgz
        vnd.publishare-delta-tree:qps vnd.pvi.ptid1:ptid vnd.quark.quarkxpress:qxd vnd.rar:rar vnd.realvnc.bed:bed
        vnd.recordare.musicxml:mxl vnd.recordare.musicxml+xml:musicxml vnd.rig.cryptonote:cryptonote vnd.rim.cod:cod
        vnd.rn-realmedia:rm vnd.rn-realmedia-vbr:rmvb vnd.route66.link66+xml:link66 vnd.sailingtracker.track:st
        vnd.seemail:see vnd.sema:sema vnd.semd:semd vnd.semf:semf vnd.shana.informed.formdata:ifm
        vnd.shana.informed.formtemplate:itp vnd.shana.informed.interchange:iif vnd.shana.informed.package:ipk
        vnd.simtech-mindmapper:twd vnd.smaf:mmf vnd.smart.teacher:teacher vnd.software602.filler.form+xml:fo
        vnd.solent.sdkm+xml:sdkm vnd.spotfire.dxp:dxp vnd.spotfire.sfs:sfs vnd.stardivision.calc:sdc
        vnd.stardivision.draw:sda vnd.stardivision.impress:sdd vnd.stardivision.math:smf vnd.stardivision.writer:sdw
        vnd.stardivision.writer-global:sgl vnd.stepmania.package:smzip vnd.stepmania.stepchart:sm vnd.sun.wadl+xml:wadl
        vnd.sun.xml.calc:sxc vnd.sun.xml.calc.template:stc vnd.sun.xml.draw:sxd vnd.sun.xml.draw.template:std
        vnd.sun.xml.impress:sxi vnd.sun.xml.impress.template:sti vnd.sun.xml.math:sxm vnd.sun.xml.writer:sxw
        vnd.sun.xml.writer.global:sxg vnd.sun.xml.writer.template:stw vnd.sus-calendar:sus vnd.svd:svd
        vnd.symbian.install:sis vnd.syncml+xml:xsm vnd.syncml.dm+wbxml:bdm vnd.syncml.dm+xml:xdm
        vnd.syncml.dmddf+xml:ddf vnd.tao.intent-module-archive:tao vnd.tcpdump.pcap:pcap vnd.tmobile-livetv:tmo
        vnd.trid.tpt:tpt vnd.triscape.mxs:mxs vnd.trueapp:tra vnd.ufdl:ufd vnd.uiq.theme:utz vnd.umajin:umj
        vnd.unity:unityweb vnd.uoml+xml:uoml vnd.vcx:vcx vnd.visio:vsd vnd.visionary:vis vnd.vsf:vsf vnd.wap.wbxml:wbxml
        vnd.wap.wmlc:wmlc vnd.wap.wmlscriptc:wmlsc vnd.webturbo:wtb vnd.wolfram.player:nbp vnd.wordperfect:wpd
        vnd.wqd:wqd vnd.wt.stf:stf vnd.xara:xar vnd.xfdl:xfdl vnd.yamaha.hv-dic:hvd vnd.yamaha.hv-script:hvs
        vnd.yamaha.hv-voice:hvp vnd.yamaha.openscoreformat:osf vnd.yamaha.openscoreformat.osfpvg+xml:osfpvg
        vnd.yamaha.smaf-audio:saf vnd.yamaha.smaf-phrase:spf vnd.yellowriver-custom-menu:cmp vnd.zul:zir
        vnd.zzazz.deck+xml:zaz voicexml+xml:vxml wasm watcherinfo+xml:wif widget:wgt winhlp:hlp wsdl+xml:wsdl
        wspolicy+xml:wspolicy x-7z-compressed:7z x-abiword:abw x-ace-compressed:ace x-apple-diskimage:dmg x-arj:arj
        x-authorware-bin:aab x-authorware-map:aam x-authorware-seg:aas x-bcpio:bcpio x-bdoc:bdoc x-bittorrent:torrent
        x-blorb:blb x-bzip:bz x-bzip2:bz2 x-cbr:cbr x-cdlink:vcd x-cfs-compressed:cfs x-chat:chat x-chess-pgn:pgn
        x-chrome-extension:crx x-cocoa:cco x-conference:nsc x-cpio:cpio x-csh:csh x-debian-package:deb
        x-dgc-compressed:dgc x-director:dir x-doom:wad x-dtbncx+xml:ncx x-dtbook+xml:dtb x-dtbresource+xml:res x-dvi:dvi
        x-envoy:evy x-eva:eva x-font-bdf:bdf x-font-ghostscript:gsf x-font-linux-psf:psf x-font-pcf:pcf x-font-snf:snf
        x-font-type1:pfa x-freearc:arc x-futuresplash:spl x-gca-compressed:gca x-glulx:ulx x-gnumeric:gnumeric
        x-gramps-xml:gramps x-gtar:gtar x-hdf:hdf x-httpd-php:php x-install-instructions:install x-iso9660-image:iso
        x-iwork-keynote-sffkey:key x-iwork-numbers-sffnumbers:numbers x-iwork-pages-sffpages:pages
        x-java-archive-diff:jardiff x-java-jnlp-file:jnlp x-keepass2:kdbx x-latex:latex x-lua-bytecode:luac
        x-lzh-compressed:lzh x-makeself:run x-mie:mie x-mobipocket-ebook:prc x-ms-application:application
        x-ms-shortcut:lnk x-ms-wmd:wmd x-ms-wmz:wmz x-ms-xbap:xbap x-msaccess:mdb x-msbinder:obd x-mscardfile:crd
        x-msclip:clp x-msdos-program:exe x-msdownload:exe x-msmediaview:mvb x-msmetafile:wmf x-msmoney:mny
        x-mspublisher:pub x-msschedule:scd x-msterminal:trm x-mswrite:wri x-netcdf:nc x-ns-proxy-autoconfig:pac
        x-nzb:nzb x-perl:pl x-pilot:prc x-pkcs12:p12 x-pkcs7-certificates:p7b x-pkcs7-certreqresp:p7r
        x-rar-compressed:rar x-redhat-package-manager:rpm x-research-info-systems:ris x-sea:sea x-sh:sh x-shar:shar
        x-shockwave-flash:swf x-silverlight-app:xap x-sql:sql x-stuffit:sit x-stuffitx:sitx x-subrip:srt
        x-sv4cpio:sv4cpio x-sv4crc:sv4crc x-t3vm-image:t3 x-tads:gam x-tar:tar x-tcl:tcl x-tex:tex x-tex-tfm:tfm
        x-texinfo:texinfo x-tgif:obj x-ustar:ustar x-virtualbox-hdd:hdd x-virtualbox-ova:ova x-virtualbox-ovf:ovf
        x-virtualbox-vbox:vbox x-virtualbox-vbox-extpack:vbox-extpack x-virtualbox-vdi:vdi x-virtualbox-vhd:vhd
        x-virtualbox-vmdk:vmdk x-wais-source:src x-web-app-manifest+json:webapp x-x509-ca-cert:der x-xfig:fig
        x-xliff+xml:xlf x-xpinstall:xpi x-xz:xz x-zmachine:z1 xaml+xml:xaml xcap-att+xml:xav xcap-caps+xml:xca
        xcap-diff+xml:xdf xcap-el+xml:xel xcap-ns+xml:xns xenc+xml:xenc xhtml+xml:xhtml xliff+xml:xlf xml xml-dtd:dtd
        xop+xml:xop xproc+xml:xpl xslt+xml:xsl xspf+xml:xspf xv+xml:mxml yang yin+xml:yin zip
    """,
    "audio": """
        3gpp adpcm:adp amr basic:au midi:mid mobile-xmf:mxmf mp3 mp4:m4a mpeg:mpga ogg:oga s3m silk:sil
        vnd.dece.audio:uva vnd.digital-winds:eol vnd.dra:dra vnd.dts:dts vnd.dts.hd:dtshd vnd.lucent.voice:lvp
        vnd.ms-playready.media.pya:pya vnd.nuera.ecelp4800:ecelp4800 vnd.nuera.ecelp7470:ecelp7470
        vnd.nuera.ecelp9600:ecelp9600 vnd.rip:rip wav wave:wav webm:weba x-aac:aac x-aiff:aif x-caf:caf x-flac:flac
        x-m4a:m4a x-matroska:mka x-mpegurl:m3u x-ms-wax:wax x-ms-wma:wma x-pn-realaudio:ram x-pn-realaudio-plugin:rmp
        x-realaudio:ra x-wav:wav xm
    """,
    "chemical": """
        x-cdx:cdx x-cif:cif x-cmdf:cmdf x-cml:cml x-csml:csml x-xyz:xyz
    """,
    "font": """
        collection:ttc otf ttf woff woff2
    """,
    "image": """
        aces:exr apng avci avcs avif bmp cgm dicom-rle:drle emf fits g3fax:g3 gif heic heic-sequence:heics heif
        heif-sequence:heifs hej2k:hej2 hsj2 ief jls jp2 jpeg jph jphc:jhc jpm jpx jxr jxra jxrs jxs jxsc jxsi jxss ktx
        ktx2 png prs.btif:btif prs.pti:pti sgi svg+xml:svg t38 tiff:tif tiff-fx:tfx vnd.adobe.photoshop:psd
        vnd.airzip.accelerator.azv:azv vnd.dece.graphic:uvi vnd.djvu:djvu vnd.dvb.subtitle:sub vnd.dwg:dwg vnd.dxf:dxf
        vnd.fastbidsheet:fbs vnd.fpx:fpx vnd.fst:fst vnd.fujixerox.edmics-mmr:mmr vnd.fujixerox.edmics-rlc:rlc
        vnd.microsoft.icon:ico vnd.ms-dds:dds vnd.ms-modi:mdi vnd.ms-photo:wdp vnd.net-fpx:npx vnd.pco.b16:b16
        vnd.tencent.tap:tap vnd.valve.source.texture:vtf vnd.wap.wbmp:wbmp vnd.xiff:xif vnd.zbrush.pcx:pcx webp wmf
        x-3ds:3ds x-cmu-raster:ras x-cmx:cmx x-freehand:fh x-icon:ico x-jng:jng x-mrsid-image:sid x-ms-bmp:bmp x-pcx:pcx
        x-pict:pic x-portable-anymap:pnm x-portable-bitmap:pbm x-portable-graymap:pgm x-portable-pixmap:ppm x-rgb:rgb
        x-tga:tga x-xbitmap:xbm x-xpixmap:xpm x-xwindowdump:xwd
    """,
    "message": """
        disposition-notification global:u8msg global-delivery-status:u8dsn global-disposition-notification:u8mdn
        global-headers:u8hdr rfc822:eml vnd.wfa.wsc:wsc
    """,
    "model": """
        3mf gltf+json:gltf gltf-binary:glb iges:igs mesh:msh mtl obj step+xml:stpx step+zip:stpz step-xml+zip:stpxz stl
        vnd.collada+xml:dae vnd.dwf:dwf vnd.gdl:gdl vnd.gtw:gtw vnd.mts:mts vnd.opengex:ogex
        vnd.parasolid.transmit.binary:x_b vnd.parasolid.transmit.text:x_t vnd.sap.vds:vds vnd.usdz+zip:usdz
        vnd.valve.source.compiled-map:bsp vnd.vtu:vtu vrml:wrl x3d+binary:x3db x3d+fastinfoset:x3db x3d+vrml:x3dv
        x3d+xml:x3d x3d-vrml:x3dv
    """,
    "text": """
        cache-manifest:appcache calendar:ics coffeescript:coffee css csv html jade jsx less markdown mathml:mml mdx n3
        plain:txt prs.lines.tag:dsc richtext:rtx rtf sgml shex slim spdx stylus tab-separated-values:tsv troff:t
        turtle:ttl uri-list:uri vcard vnd.curl:curl vnd.curl.dcurl:dcurl vnd.curl.mcurl:mcurl vnd.curl.scurl:scurl
        vnd.dvb.subtitle:sub vnd.familysearch.gedcom:ged vnd.fly:fly vnd.fmi.flexstor:flx vnd.graphviz:gv
        vnd.in3d.3dml:3dml vnd.in3d.spot:spot vnd.sun.j2me.app-descriptor:jad vnd.wap.wml:wml vnd.wap.wmlscript:wmls vtt
        x-asm:s x-c:c x-component:htc x-fortran:f x-handlebars-template:hbs x-java-source:java x-lua:lua x-markdown:mkd
        x-nfo:nfo x-opml:opml x-org:org x-pascal:p x-processing:pde x-sass:sass x-scss:scss x-setext:etx x-sfv:sfv
        x-suse-ymp:ymp x-uuencode:uu x-vcalendar:vcs x-vcard:vcf xml yaml
    """,
    "video": """
        3gpp:3gp 3gpp2:3g2 h261 h263 h264 iso.segment:m4s jpeg:jpgv jpm mj2 mp2t:ts mp4 mpeg ogg:ogv quicktime:qt
        vnd.dece.hd:uvh vnd.dece.mobile:uvm vnd.dece.pd:uvp vnd.dece.sd:uvs vnd.dece.video:uvv vnd.dvb.file:dvb
        vnd.fvt:fvt vnd.mpegurl:mxu vnd.ms-playready.media.pyv:pyv vnd.uvvu.mp4:uvu vnd.vivo:viv webm x-f4v:f4v
        x-fli:fli x-flv:flv x-m4v:m4v x-matroska:mkv x-mng:mng x-ms-asf:asf x-ms-vob:vob x-ms-wm:wm x-ms-wmv:wmv
        x-ms-wmx:wmx x-ms-wvx:wvx x-msvideo:avi x-sgi-movie:movie x-smv:smv
    """,
    "x-conference": """
        x-cooltalk:ice
    """,
}


def extension(mime_type: str) -> str | None:
    """Return the extension without its dot (``jpeg`` for ``image/jpeg``), or None for an unknown type."""
    kind, _, subtype = mime_type.partition("/")
    for word in _TABLE.get(kind, "").split():
        known, _, extension = word.partition(":")
        if known == subtype:
            return extension or known
    return None
