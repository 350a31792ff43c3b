"""Dates in file names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery_daemon.imaging.name_dates import date_of_name, unmarked
from gallery_daemon.partial_date import Granularity, PartialDate

PHONES = {
    "IMG_20180725_163423.jpg": "2018-07-25T16:34:23",
    "IMG_20180725_163423-tiny.jpg": "2018-07-25T16:34:23",
    "IMG_20180725_163423-edited.jpg": "2018-07-25T16:34:23",
    "IMG_20180725_163423~2.jpg": "2018-07-25T16:34:23",
    "IMG_20180725_163423 (1).jpg": "2018-07-25T16:34:23",
    "IMG_20180725_163423_1.jpg": "2018-07-25T16:34:23",
    "IMG_20180725_163423_HDR.jpg": "2018-07-25T16:34:23",
    "IMG_20180725_163423_123.jpg": "2018-07-25T16:34:23.123000",
    "IMG_20190221_112112042_BURST000_COVER_TOP.jpg": "2019-02-21T11:21:12.042000",
    "IMG_20190221_112112042_HDR.jpg": "2019-02-21T11:21:12.042000",
    "IMG_00000PORTRAIT_00000_BURST20210102101112123.jpg": "2021-01-02T10:11:12.123000",
    "MVIMG_20200616_124008.jpg": "2020-06-16T12:40:08",
    "PANO_20160101_000001.jpg": "2016-01-01T00:00:01",
    "TRIM_20210102_101112.jpg": "2021-01-02T10:11:12",
    "20220514_102409.jpg": "2022-05-14T10:24:09",
    "20220514_102409(0).jpg": "2022-05-14T10:24:09",
    "20220514_102409~2.jpg": "2022-05-14T10:24:09",
    "20231207_101605_031.jpg": "2023-12-07T10:16:05",
    "20210102_101112_Richtone(HDR).jpg": "2021-01-02T10:11:12",
    "2012-01-02 10.11.12.jpg": "2012-01-02T10:11:12",
    "IMG20240701123405.jpg": "2024-07-01T12:34:05",
    "IMG20240701123405_01.jpg": "2024-07-01T12:34:05",
    "00015IMG_00015_BURST20171111030039_COVER.jpg": "2017-11-11T03:00:39",
    "00004XTR_00004_BURST20190216172030.jpg": "2019-02-16T17:20:30",
    "IMG_1_BURST20160520195318.jpg": "2016-05-20T19:53:18",
    "DSC_0001_BURST20230709220904977.JPG": "2023-07-09T22:09:04.977000",
    "WP_20130102_10_11_12_Pro.jpg": "2013-01-02T10:11:12",
    "WP_20130102_001.jpg": "2013-01-02",
    "IMG-20120102-00001.jpg": "2012-01-02",
    "C360_2013-01-02-10-11-12-123.jpg": "2013-01-02T10:11:12.123000",
    "AR_EFFECT_20141126193511.jpg": "2014-11-26T19:35:11",
    "IMG_٢٠٢١٠١٠٢_١٠١١١٢.jpg": "2021-01-02T10:11:12",
    "201801261147521000.jpg": "2018-01-26T11:47:52.100000",
    "IMG_20210102_101112_00_001.jpg": "2021-01-02T10:11:12",
    "PXL_20200710_061629144.MP.jpg": "2020-07-10T06:16:29.144000+00:00",
    "PXL_20200710_061629144.NIGHT.jpg": "2020-07-10T06:16:29.144000+00:00",
    "PXL_20200710_061629144~2.jpg": "2020-07-10T06:16:29.144000+00:00",
    "PXL_20200710_061629144.RAW-01.COVER.jpg": "2020-07-10T06:16:29.144000+00:00",
    "PXL_20200710_061629144.jpg": "2020-07-10T06:16:29.144000+00:00",
}
SCREENSHOTS = {
    "Screenshot_20190101-120000_Maps.png": "2019-01-01T12:00:00",
    "Screenshot_20190919-053857_Camera-edited.jpg": "2019-09-19T05:38:57",
    "Screenshot_2020-05-01-12-34-56-789_com.app.jpg": "2020-05-01T12:34:56.789000",
    "Screenshot_2020-05-01-12-34-56.png": "2020-05-01T12:34:56",
    "Screenshot_20220818_032821_Gallery.jpg": "2022-08-18T03:28:21",
    "Screenshot 2019-05-21 at 10.45.52.png": "2019-05-21T10:45:52",
    "Screen Shot 2019-05-21 at 10.45.52 AM.png": "2019-05-21T10:45:52",
    "Screenshot 2024-05-21 at 9.45.52\u202fPM.png": "2024-05-21T21:45:52",
    "Screenshot 2024-05-21 at 12.05.00 AM.png": "2024-05-21T00:05:00",
    "Screenshot 2024-05-21 at 12.05.00 PM (2).png": "2024-05-21T12:05:00",
    "Screenshot 2024-05-21 104552.png": "2024-05-21T10:45:52",
    "Screenshot from 2022-12-17 19-45-43.png": "2022-12-17T19:45:43",
    "Bildschirmfoto 2024-05-21 um 14.45.52.png": "2024-05-21T14:45:52",
    "Captura de pantalla de 2021-01-02 10-11-12.png": "2021-01-02T10:11:12",
    "Schermata da 2021-01-02 10-11-12.png": "2021-01-02T10:11:12",
    "Снимок экрана от 2021-01-02 10-11-12.png": "2021-01-02T10:11:12",
    "Bildschirmfoto_20210102_101112.png": "2021-01-02T10:11:12",
    "Bildschirmfoto vom 2021-01-02 10-11-12.png": "2021-01-02T10:11:12",
    "Capture d\u2019écran 2024-05-21 à 10.45.52.png": "2024-05-21T10:45:52",
    "Capture d\u2019e\u0301cran du 2021-01-02 10-11-12.png": "2021-01-02T10:11:12",
    "Captura de pantalla 2024-05-21 a la(s) 10.45.52.png": "2024-05-21T10:45:52",
    "Captura de pantalla 2024-05-21 a las 10.45.52 p. m..png": "2024-05-21T22:45:52",
    "Captura de ecrã 2024-05-21, às 10.45.52.png": "2024-05-21T10:45:52",
    "Captura de Tela 2024-05-21 às 10.45.52.png": "2024-05-21T10:45:52",
    "Schermata 2024-05-21 alle 10.45.52.png": "2024-05-21T10:45:52",
    "Schermata 2024-05-21 alle ore 10.45.52.png": "2024-05-21T10:45:52",
    "Schermafbeelding 2024-05-21 om 10.45.52.png": "2024-05-21T10:45:52",
    "Zrzut ekranu 2024-05-21 o 10.45.52.png": "2024-05-21T10:45:52",
    "Снимок экрана 2024-05-21 в 10.45.52.png": "2024-05-21T10:45:52",
    "Skärmavbild 2024-05-21 kl. 10.45.52.png": "2024-05-21T10:45:52",
    "Skjermbilde 2024-05-21 kl. 10.45.52.png": "2024-05-21T10:45:52",
    "Näyttökuva 2024-5-21 kello 10.45.52.png": "2024-05-21T10:45:52",
    "Snímek obrazovky 2024-05-21 v 10.45.52.png": "2024-05-21T10:45:52",
    "Képernyőfotó 2024-05-21 - 10.45.52.png": "2024-05-21T10:45:52",
    "Ảnh màn hình 2024-05-21 lúc 10.45.52.png": "2024-05-21T10:45:52",
    "Ekran Resmi 2024-05-21 10.45.52.png": "2024-05-21T10:45:52",
    "スクリーンショット 2024-05-21 10.45.52.png": "2024-05-21T10:45:52",
    "スクリーンショット 2024-05-21 午後9.45.52.png": "2024-05-21T21:45:52",
    "截屏2024-05-21 10.45.52.png": "2024-05-21T10:45:52",
    "截圖 2024-05-21 上午9.45.52.png": "2024-05-21T09:45:52",
    "스크린샷 2024-05-21 오후 9.45.52.png": "2024-05-21T21:45:52",
    "屏幕截图 2024-05-21 104552.png": "2024-05-21T10:45:52",
    "QQ截图20210102101112.png": "2021-01-02T10:11:12",
    "微信图片_20210102101112.jpg": "2021-01-02T10:11:12",
    "2024年5月21日.jpg": "2024-05-21",
    "ksnip_20210102-101112.png": "2021-01-02T10:11:12",
    "2021-01-02_10-11.png": "2021-01-02T10:11",
    "vlcsnap-2021-01-02-10h11m12s123.png": "2021-01-02T10:11:12.123000",
    "Some Game Screenshot 2021.01.02 - 10.11.12.34.png": "2021-01-02T10:11:12",
    "Game-2021_01_02-10-11-12.png": "2021-01-02T10:11:12",
    "Game_20210102101112.jpg": "2021-01-02T10:11:12",
    "2021010210111200-0123456789ABCDEF0123456789ABCDEF.jpg": "2021-01-02T10:11:12",
    "20210102101112_1.jpg": "2021-01-02T10:11:12",
    "wp_ss_20130521_0001.png": "2013-05-21",
    "لقطة شاشة 2024-05-21 في 2.45.52 م.png": "2024-05-21T14:45:52",
    "لقطة شاشة 2024-05-21 في 2.45.52 ص.png": "2024-05-21T02:45:52",
    "Στιγμιότυπο 2024-05-21, 2.45.52 μ.μ..png": "2024-05-21T14:45:52",
    "Tangkapan skrin 2024-05-21 pada 2.45.52 PTG.png": "2024-05-21T14:45:52",
    "截圖 2024-05-21 晚上 9.45.52.png": "2024-05-21T21:45:52",
    "צילום מסך 2024-05-21 ב-14.45.52.png": "2024-05-21T14:45:52",
    "2024年05月21日 14时45分52秒.jpg": "2024-05-21T14:45:52",
    "2024年05月21日144552.jpg": "2024-05-21T14:45:52",
    "2024-05-21_14-45_1.png": "2024-05-21T14:45",
    "ScreenShot2024-05-21at14.45.52.png": "2024-05-21T14:45:52",
    "Xbox Game 5_21_2024 2_45_52 PM.png": "2024-05-21T14:45:52",
    "VirtualBox_Win10_05_06_2024_14_45_52.png": "2024-06-05T14:45:52",
    "ffxiv_21052014_144552.png": "2014-05-21T14:45:52",
    "WoWScrnShot_052124_144552.jpg": "2024-05-21T14:45:52",
}
MESSENGERS = {
    "WhatsApp Image 2026-08-31 at 15.41.14 (1).jpeg": "2026-08-31T15:41:14",
    "WhatsApp Image 2024-10-01 at 10.06.47 AM.jpeg": "2024-10-01T10:06:47",
    "WhatsApp_Image_2016-12-21_at_13.40.40.jpeg": "2016-12-21T13:40:40",
    "WhatsApp Image 2021-10-23 at 4.38.44 PM(1).jpeg": "2021-10-23T16:38:44",
    "WhatsApp Bild 2024-05-21 um 14.45.52.jpeg": "2024-05-21T14:45:52",
    "WhatsApp Bild 2024-05-21 um 14.45.52_0a1b2c3d.jpg": "2024-05-21T14:45:52",
    "Imagen de WhatsApp 2024-05-21 a las 14.45.52.jpg": "2024-05-21T14:45:52",
    "Image WhatsApp 2024-05-21 à 14.45.52.jpg": "2024-05-21T14:45:52",
    "Immagine WhatsApp 2024-05-21 ore 14.45.52.jpg": "2024-05-21T14:45:52",
    "WhatsApp-afbeelding 2024-05-21 om 14.45.52.jpg": "2024-05-21T14:45:52",
    "IMG-20170403-WA0001.jpg": "2017-04-03",
    "IMG-20170403-WA0001 (2).jpg": "2017-04-03",
    "IMG_20170403_WA0001.jpg": "2017-04-03",
    "00000012-PHOTO-2021-01-02-10-11-12.jpg": "2021-01-02T10:11:12",
    "WhatsApp Görsel 2024-05-21 saat 14.45.52.jpg": "2024-05-21T14:45:52",
    "Imagem do WhatsApp de 2024-05-21 à(s) 14.45.52_0a1b2c3d.jpg": "2024-05-21T14:45:52",
    "תמונה WhatsApp\u200f 2024-05-21 \u200fבשעה 14.45.52.jpg": "2024-05-21T14:45:52",
    "photo_1@30-01-2020_09-57-18.jpg": "2020-01-30T09:57:18",
    "photo_12@05-06-2020_09-57-18.jpg": "2020-06-05T09:57:18",
    "STK-20230403-WA0001.webp": "2023-04-03",
    "signal-2020-10-26-163832.jpg": "2020-10-26T16:38:32",
    "signal-2020-10-26-16-38-32-123.jpg": "2020-10-26T16:38:32.123000",
    "signal-2020-10-26-163832_002.jpeg": "2020-10-26T16:38:32.002000",
    "telegram_2020-01-30_09-57-18.jpg": "2020-01-30T09:57:18",
    "photo_2020-01-30_09-57-18.jpg": "2020-01-30T09:57:18",
    "photo_2020-01-30 09.57.18.jpeg": "2020-01-30T09:57:18",
    "photo_2020-01-30_09-57-18 (2).jpg": "2020-01-30T09:57:18",
    "threema-20210102-101112345.jpg": "2021-01-02T10:11:12.345000",
    "viber_image_2021-01-02_10-11-12-123.jpg": "2021-01-02T10:11:12.123000",
    "viber image 2019-08-24 , 10.28.26.jpg": "2019-08-24T10:28:26",
    "KakaoTalk_20210102_101112345.jpg": "2021-01-02T10:11:12.345000",
    "KakaoTalk_Photo_2021-01-02-10-11-12.jpeg": "2021-01-02T10:11:12",
    "Wire 2021-01-02 at 10_11.jpg": "2021-01-02T10:11",
    "Skype_Picture_2021_01_02T10_11_12_345Z.jpeg": "2021-01-02T10:11:12.345000+00:00",
    "FB_IMG_1480502345678.jpg": "2016-11-30T10:39:05.678000+00:00",
    "mmexport1480502345678.jpg": "2016-11-30T10:39:05.678000+00:00",
    "mmexporteb7b2a858123a721c3c4bc5636c90756_1660142644280.jpeg": (
        "2022-08-10T14:44:04.280000+00:00"
    ),
    "wx_camera_1491222151366.jpg": "2017-04-03T12:22:31.366000+00:00",
    "microMsg.1469514364264.jpg": "2016-07-26T06:26:04.264000+00:00",
    "mm_facetoface_collect_qrcode_1489654792380.png": "2017-03-16T08:59:52.380000+00:00",
    "LINE_ALBUM_trip_210102_1.jpg": "2021-01-02",
    "LINE_P20210102_101112345.jpg": "2021-01-02T10:11:12.345000",
    "Picsart_21-01-02_10-11-12-123.jpg": "2021-01-02T10:11:12.123000",
    "PicsArt_1480502345678.jpg": "2016-11-30T10:39:05.678000+00:00",
    "InShot_20210102_101112345.jpg": "2021-01-02T10:11:12.345000",
    "LRM_EXPORT_20210102_101112.jpg": "2021-01-02T10:11:12",
    "LRM_EXPORT_123456789_20210102_101112.jpg": "2021-01-02T10:11:12",
    "WhatsApp-Image-2024-05-21-at-14.45.52.jpeg": "2024-05-21T14:45:52",
    "WhatsApp-Image-2024-05-21-at-2.45.52-PM-1.jpeg": "2024-05-21T14:45:52",
    "WhatsApp 图像2024-05-21于14.45.52.jpg": "2024-05-21T14:45:52",
    "DOC-20240521-WA0003.jpg": "2024-05-21",
    "2024-05-21_14-45-52_UTC.jpg": "2024-05-21T14:45:52+00:00",
    "anna_2024-05-21_14-45-52_UTC_1.jpg": "2024-05-21T14:45:52+00:00",
    "mtxx_1480502345678.jpg": "2016-11-30T10:39:05.678000+00:00",
}
UPLOADERS = {
    "22-04-06 15-21-03 2160.jpg": "2022-04-06T15:21:03",
    "09-12-19 17-51-45 0014.jpg": "2009-12-19T17:51:45",
    "2014-08-25_17.15.33.jpg": "2014-08-25T17:15:33",
    "2014-08-25 17.15.33-1.jpg": "2014-08-25T17:15:33",
    "2014-08-25 17.15.33": "2014-08-25T17:15:33",
    "2018-04-12 19_24_49.gif": "2018-04-12T19:24:49",
    "2021-01-02 10.11.12_1.jpg": "2021-01-02T10:11:12",
    "2016_01_30_11_49_15.jpg": "2016-01-30T11:49:15",
    "20210102_101112_iOS.jpg": "2021-01-02T10:11:12",
    "20210102_101112000_iOS.heic": "2021-01-02T10:11:12",
    "20210102_101112 Office Lens.jpg": "2021-01-02T10:11:12",
    "20210102T101112.jpg": "2021-01-02T10:11:12",
    "20210102T101112Z.jpg": "2021-01-02T10:11:12+00:00",
    "2021-01-02T10:11:12.jpg": "2021-01-02T10:11:12",
    "2021-01-02T10-11-12Z-trip.jpg": "2021-01-02T10:11:12+00:00",
    "20210102T1011.jpg": "2021-01-02T10:11",
    "IMG_1234_2021-01-02_10-11-12.jpg": "2021-01-02T10:11:12",
    "Foto 02.01.21, 10 11 12.jpg": "2021-01-02T10:11:12",
    "Foto 21.05.2024, 10 11 12.jpg": "2024-05-21T10:11:12",
    "2024-05-21--14-45-52.jpg": "2024-05-21T14:45:52",
    "Foto 21.05.24 14 45 52.jpg": "2024-05-21T14:45:52",
}
CAMERAS = {
    "DJI_20230102101112_0001_D.JPG": "2023-01-02T10:11:12",
    "dji_fly_20210102_101112_1_1609582272123_photo.jpg": "2021-01-02T10:11:12",
    "Bebop2_20180719194940+0200.jpg": "2018-07-19T19:49:40",
    "2021_0102_101112_001.JPG": "2021-01-02T10:11:12",
    "NO20210102-101112-000123F.jpg": "2021-01-02T10:11:12",
    "FILE150112-101112F.jpg": "2015-01-12T10:11:12",
    "20210102_101112_NF.jpg": "2021-01-02T10:11:12",
    "REC_2021_01_02_10_11_12_F.jpg": "2021-01-02T10:11:12",
    "192.168.1.10_01_20210102101112345_TIMING.jpg": "2021-01-02T10:11:12.345000",
    "Camera_01_20210102101112.jpg": "2021-01-02T10:11:12",
    "Photo on 21-05-2024 at 10.45.jpg": "2024-05-21T10:45",
    "P_20210102_101112_p.jpg": "2021-01-02T10:11:12",
    "WIN_20210102_10_11_12_Pro.jpg": "2021-01-02T10:11:12",
    "Photo on 21.05.24 at 14.45.jpg": "2024-05-21T14:45",
    "Foto am 21.05.24 um 14.45 #2.jpg": "2024-05-21T14:45",
    "Photo on 5-21-24 at 2.45 PM.jpg": "2024-05-21T14:45",
    "Photo on 5-21-2024 at 2.45 PM.jpg": "2024-05-21T14:45",
}
SCANNERS = {
    "Scan_20210102.jpg": "2021-01-02",
    "Scan_20210102 (2).png": "2021-01-02",
    "Scan_20210102_101112.jpg": "2021-01-02T10:11:12",
    "Scan2021-01-02_101112.jpg": "2021-01-02T10:11:12",
    "Scan-210102-0001.jpg": "2021-01-02",
    "img20210102_10111234.jpg": "2021-01-02T10:11:12",
    "IMG_20210102_0001.jpg": "2021-01-02",
    "CCI20210102_0001.jpg": "2021-01-02",
    "New Doc 2021-01-02 10.11.12_1.jpg": "2021-01-02T10:11:12",
    "CamScanner 05-21-2024 10.45.52_1.jpg": "2024-05-21T10:45:52",
    "CamScanner 21-05-2024 10.45.jpg": "2024-05-21T10:45",
    "Adobe Scan Jan 2, 2021.jpg": "2021-01-02",
    "Adobe Scan 02 Jan 2021 (1).jpg": "2021-01-02",
    "Scan 21.05.2024.jpg": "2024-05-21",
    "Scan 2.1.2021 10.11.12.jpg": "2021-01-02T10:11:12",
    "20210102101112_001.jpg": "2021-01-02T10:11:12",
    "PhotoScan_20240521.jpg": "2024-05-21",
    "Notes_240521_144552_1.jpg": "2024-05-21T14:45:52",
    "Adobe Scan 21 mai 2024.jpg": "2024-05-21",
    "Adobe Scan 21 déc. 2024 (2).jpg": "2024-12-21",
}
PEOPLE = {
    "Photo 2020-01-30 (2).jpg": "2020-01-30",
    "2020-01-30.jpg": "2020-01-30",
    "2020-01-30 Anna 12.jpg": "2020-01-30",
    "Birthday 2020-01-30.jpg": "2020-01-30",
    "holiday-2020-01-30.jpg": "2020-01-30",
    "2020_01_30_Anna.jpg": "2020-01-30",
    "2020.01.30.jpg": "2020-01-30",
    "2020-01-30-1.jpg": "2020-01-30",
    "2020-01-30-012.jpg": "2020-01-30",
    "2020-01-30(2).jpg": "2020-01-30",
    "2020_01_30_012.jpg": "2020-01-30",
    "IMG_2020-01-30.jpg": "2020-01-30",
    "Foto am 02.01.2021 um 10.11.jpg": "2021-01-02T10:11",
    "Photo 21-05-2024, 10 45 52.jpg": "2024-05-21T10:45:52",
    "20200130.jpg": "2020-01-30",
    "20200130 Anna.jpg": "2020-01-30",
    "20200130-012.jpg": "2020-01-30",
    "30.01.2020.jpg": "2020-01-30",
    "30. January 2020.jpg": "2020-01-30",
    "19991231.jpg": "1999-12-31",
    "Anna, 21. März 2024.jpg": "2024-03-21",
    "Anna 21 agosto 2024.jpg": "2024-08-21",
    "2024 05 21 Anna.jpg": "2024-05-21",
    "1965-07-04 Oma.jpg": "1965-07-04",
    "2024-05-21 14.45.52 am See.jpg": "2024-05-21T14:45:52",
}
NAMED = PHONES | SCREENSHOTS | MESSENGERS | UPLOADERS | CAMERAS | SCANNERS | PEOPLE

# The conflict's date is not the photo's, and there may be none before the mark.
MARKED = {
    "IMG-20210102-WA0001.sync-conflict-20240501-123456-ABCDEFG.jpg": "2021-01-02",
    "IMG_20210102_101112.sync-conflict-20240501-123456.jpg": "2021-01-02T10:11:12",
    "20210102.sync-conflict-20240501-123456-ABCDEFG.sync-conflict-20240502-123456-AB.jpg": (
        "2021-01-02"
    ),
    "IMG_20210102_101112~20240501-123456.jpg": "2021-01-02T10:11:12",
    "IMG_20210102_101112 (conflicted copy 2024-05-01 123456).jpg": "2021-01-02T10:11:12",
    "IMG_20210102_101112 (conflicted copy anna 2024-05-01 123456).jpg": "2021-01-02T10:11:12",
    "IMG_20210102_101112_conflict-20240501-123456.jpg": "2021-01-02T10:11:12",
    "IMG_20210102_101112_conflict-anna-20240501-123456.jpg": "2021-01-02T10:11:12",
    "IMG_20210102_101112 (case clash from anna, 2024-05-01).jpg": "2021-01-02T10:11:12",
    "20210102_101112 (Laptop's conflicted copy 2024-05-01).jpg": "2021-01-02T10:11:12",
    "20210102_101112 (Laptop's conflicted copy 2024-05-01 2).jpg": "2021-01-02T10:11:12",
    "20210102_101112 (In Konflikt stehende Kopie von Laptop 2024-05-01).jpg": "2021-01-02T10:11:12",
    "20210102_101112 (Copie en conflit de Laptop 2024-05-01).jpg": "2021-01-02T10:11:12",
    "20210102_101112 (Copia en conflicto de Laptop 2024-05-01).jpg": "2021-01-02T10:11:12",
    "20210102_101112 (Copia in conflitto di Laptop 2024-05-01).jpg": "2021-01-02T10:11:12",
    "20210102_101112 (SFConflict anna@example.org 2024-05-01-12-34-56).jpg": "2021-01-02T10:11:12",
    "20210102_101112 (conflict on 2024-05-01).jpg": "2021-01-02T10:11:12",
    "20210102_101112 (Selective Sync Conflict).jpg": "2021-01-02T10:11:12",
    "20210102_101112_DiskStation_May-01-123456-2024_Conflict.jpg": "2021-01-02T10:11:12",
    "20210102_101112.Conflict.jpg": "2021-01-02T10:11:12",
    "20210102_101112.conflict1.jpg": "2021-01-02T10:11:12",
    "20210102_101112.jpg 2024-05-01 123456.jpg": "2021-01-02T10:11:12",
    "20210102_101112.heic 2024-05-01 123456.heic": "2021-01-02T10:11:12",
    "20210102_101112 (2024_05_01 12_34_56 UTC).jpg": "2021-01-02T10:11:12",
    "20210102_101112_conflict_20240501_123456_abcdefghij.jpg": "2021-01-02T10:11:12",
    "20210102_101112 (conflict - 2024-05-01 - anna).jpg": "2021-01-02T10:11:12",
    "20210102_101112 (Name clash 2024-05-01, abc123).jpg": "2021-01-02T10:11:12",
    "IMG_1234 (2024_05_01 12_34_56 UTC).jpg": None,
    "IMG_1234_conflict_20240501_123456_abcdefghij.jpg": None,
    "IMG_1234.sync-conflict-20240501-123456-ABCDEFG.jpg": None,
    "IMG_1234~20240501-123456.jpg": None,
    "IMG_1234 (conflicted copy 2024-05-01 123456).jpg": None,
    "IMG_1234_conflict-20240501-123456.jpg": None,
    "IMG_1234 (Laptop's conflicted copy 2024-05-01).jpg": None,
    "IMG_1234 (SFConflict anna@example.org 2024-05-01-12-34-56).jpg": None,
    "IMG_1234_DiskStation_May-01-123456-2024_Conflict.jpg": None,
    "IMG_1234 (conflict #1 on 2024-05-01).jpg": None,
    "IMG_1234.jpg 2024-05-01 123456.jpg": None,
    "20210102_101112_conflict-anna.meier-20240501-123456.jpg": "2021-01-02T10:11:12",
    "IMG_1234_conflict-anna.meier-20240501-123456.jpg": None,
    "IMG_1234_conflict-anna@example.org-20240501-123456.jpg": None,
    "IMG_1234 (Anna's conflicted copy 2024-05-01 (1)).jpg": None,
    "IMG_1234 (Anna (PC)'s conflicted copy 2024-05-01 2).jpg": None,
    "IMG_1234 - Anna's conflicted copy 2024-05-01.jpg": None,
    "IMG_1234 conflicted copy 2024-05-01.jpg": None,
    "IMG_1234_conflicted_copy_2024-05-01.jpg": None,
    "IMG_1234_Konflikt_2024-05-01.jpg": None,
    "IMG_1234.conflict-20240501-123456.jpg": None,
    "IMG_1234-conflict-20240501-123456.jpg": None,
    "IMG_1234-v2024-05-01-123456-000.jpg": None,
    "IMG_1234 (Çak\u0131şan kopya Anna 2024-05-01).jpg": None,
    "IMG_1234 (bản sao xung đột 2024-05-01).jpg": None,
    "IMG_1234 (نسخة متعارضة 2024-05-01).jpg": None,
    "IMG_1234 (ristiriitainen kopio 2024-05-01).jpg": None,
    "IMG_1234 (ütköző másolat 2024-05-01).jpg": None,
    "IMG_1234 (Annas modstridende kopi 2024-05-01).jpg": None,
    "IMG_1234 (конфліктна копія 2024-05-01).jpg": None,
}

NAMELESS = (
    "IMG_1234.HEIC",
    "IMG_12345678.jpg",
    "IMG-20170403.jpg",
    "DSC_0042.JPG",
    "DSC01234.JPG",
    "DSC20210.JPG",
    "P1020210.JPG",
    "100_2021.JPG",
    "GOPR2021.JPG",
    "_MG_2021.CR2",
    "20991332_102409.jpg",
    "20231399.jpg",
    "20200230_102409.jpg",
    "20200130_256109.jpg",
    "18000101_102409.jpg",
    "1202001301024099.jpg",
    "FB_IMG_1580378238.jpg",
    "FB_IMG_9999999999999.jpg",
    "received_1234567890123456.jpeg",
    "Snapchat-1234567890.jpg",
    "1542973785701.jpg",
    "4006381333931.jpg",
    "192.168.10.20.jpg",
    "192.168.20.2021.jpg",
    "2020-01-30-4711-12.jpg",
    "2020-01-30-4711.jpg",
    "2020.01.30.4.jpg",
    "978-2021-01-02.jpg",
    "v20210102.jpg",
    "2010-2020.jpg",
    "20210102-1011-4213-8415-161718192021.jpg",
    "a1b2c3d4-2021-0102-8a8b-0c0d0e0f0a0b.jpg",
    "20191104_1234567890_n.jpg",
    "Messenger_creation_1234567890.jpeg",
    "photo-1541963463532-d68292c34b19.jpg",
    "3.14.2021.jpg",
    "0151-20210102.jpg",
    "+49 151 20210102.jpg",
    "tel 089-2021-01-02.jpg",
    "RE-2021-0102.jpg",
    "Invoice 202101021.jpg",
    "Rechnung-20210102345.jpg",
    "wallpaper 1920x1080.jpg",
    "wallpaper_2560x1440.png",
    "20210102x300.jpg",
    "PyCharm 2021.1.2.png",
    "app-1.2021.01.02.png",
    "f3a20210102bc9d8e7f6a5b4c3d2e1f0.jpg",
    "0a1b2c3d-2021-4b5c-8d6e-20210102abcd.jpg",
    "6f1ed002ab5595859014ebf0951522d9.jpg",
    "05-06-2024 10.11.12.jpg",
    "21-01-02 10-11-12.jpg",
    "991231-125200.jpg",
    "20223112-125200.jpg",
    "2024.png",
    "2024-05.png",
    "2567-05-21 10.45.52.png",
    "May 2021 (3).jpg",
    "12 monkeys 1995.jpg",
    "Marathon 42195.jpg",
    "image.png",
    "Screenshot (12).png",
    "conflicted copy.jpg",
    ".jpg",
    "",
    "v1.12.2023.jpg",
    "5-6-2024 2.45.52 PM.jpg",
    "Photo on 5-6-24 at 2.45 PM.jpg",
    "1-21-05-2024.jpg",
    "1920-1080-10.jpg",
    "192 2024 05 21.jpg",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_the_names_of_phones_and_apps_tell_a_date(name: str) -> None:
    """Every name of the table gives the date that its writer meant, and no more than that."""
    known = date_of_name(name)

    assert NAMED[name] == (known and known.text)


@pytest.mark.parametrize("name", MARKED)
def test_a_conflict_s_date_is_not_the_photo_s(name: str) -> None:
    """What precedes a sync tool's mark counts, or nothing."""
    known = date_of_name(name)

    assert MARKED[name] == (known and known.text)


@pytest.mark.parametrize("name", NAMELESS)
def test_counters_and_serial_numbers_are_no_dates(name: str) -> None:
    """Digits that no calendar has, that run on, or that may mean something else are left alone."""
    known = date_of_name(name)

    assert (known and known.text) is None


def test_a_name_without_a_mark_stays_whole() -> None:
    """Words that only sound like one are the person's own."""
    for name in (
        *PHONES,
        *SCREENSHOTS,
        *MESSENGERS,
        *PEOPLE,
        "conflict zone.jpg",
        "a (1).jpg",
        "a (b) (c).jpg",
        "no conflict.jpg",
    ):
        assert name == unmarked(name)


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31))  # noqa: DTZ001
WORDS = st.sampled_from(["at", "um", "à", "a las", "a la(s)", "kl.", "alle ore", "в", "om", ","])


@given(MOMENTS, st.sampled_from("-_"), st.sampled_from(["IMG_", "Screenshot_", "", "PANO_", "x"]))
def test_any_moment_comes_back_from_a_solid_name(moment: datetime, gap: str, before: str) -> None:
    """What an Android camera would write is what we read, with its milliseconds."""
    milliseconds = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    stem = f"{before}{moment:%Y%m%d}{gap}{moment:%H%M%S}"

    assert PartialDate(moment.replace(microsecond=0)) == date_of_name(f"{stem}.jpg")
    assert PartialDate(milliseconds) == date_of_name(f"{stem}{moment.microsecond // 1000:03}.jpg")


@given(MOMENTS, st.sampled_from("-_."), st.sampled_from("-_."), WORDS)
def test_any_moment_comes_back_from_a_name_in_words(
    moment: datetime, gap: str, dot: str, word: str
) -> None:
    """Whatever stands between day and time in whatever tongue."""
    moment = moment.replace(microsecond=0)
    day, time = moment.strftime(f"%Y{gap}%m{gap}%d"), moment.strftime(f"%H{dot}%M{dot}%S")
    half = moment.strftime(f"%I{dot}%M{dot}%S %p")

    for name in (f"Foto {day} {word} {time}.png", f"Foto {day} {word} {half} (2).png"):
        assert PartialDate(moment) == date_of_name(name)


@given(
    MOMENTS, st.sampled_from(["Scan_%Y%m%d.jpg", "%Y-%m-%d x.jpg", "%d.%m.%Y.jpg", "%Y%m%d.jpg"])
)
def test_any_day_comes_back_without_an_hour(moment: datetime, form: str) -> None:
    """A day is a day and no midnight."""
    day = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001

    assert PartialDate(day, Granularity.DAY) == date_of_name(moment.strftime(form))


@given(st.integers(1_000_000_000_000, 4_000_000_000_000))
def test_milliseconds_come_back_in_utc(milliseconds: int) -> None:
    """From 2001 to 2096, exactly."""
    known = date_of_name(f"mmexport{milliseconds}.jpg")

    assert known is not None
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds) == known.when


@given(MOMENTS)
def test_a_mark_changes_nothing_of_the_date(moment: datetime) -> None:
    """Whatever the date of the conflict."""
    for mark in (
        f".sync-conflict-{moment:%Y%m%d-%H%M%S}-ABCDEFG",
        f" (conflicted copy {moment:%Y-%m-%d %H%M%S})",
        f" (SFConflict a@b {moment:%Y-%m-%d-%H-%M-%S})",
        f"_conflict-{moment:%Y%m%d-%H%M%S}",
    ):
        assert date_of_name("IMG_20210102_101112.jpg") == date_of_name(
            f"IMG_20210102_101112{mark}.jpg"
        )
        assert date_of_name(f"IMG_1234{mark}.jpg") is None


@given(st.text(), st.from_regex(r"[0-9._ -]{0,40}", fullmatch=True))
def test_no_name_is_too_strange(name: str, digits: str) -> None:
    """Any text gives a date or none, and never an error."""
    date_of_name(name)
    date_of_name(digits)
    date_of_name(f"{name}20200101_101010{name}")
    date_of_name(f"2020-01-01{name}10.10.10{digits}")
